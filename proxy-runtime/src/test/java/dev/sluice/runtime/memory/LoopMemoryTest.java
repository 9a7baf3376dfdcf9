package dev.sluice.runtime.memory;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;

import dev.sluice.runtime.memory.Waiter.Urgency;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LoopMemoryTest {
    private static final int READ = 16 * 1024;
    private static final int BUFFERS = 16;
    private static final long STASH = 128 * 1024;

    private final BufferPool pool = new BufferPool(new MemoryBounds(READ, READ * BUFFERS, STASH, 0), 1);
    private final LoopMemory memory = pool.share(0);
    private final MemoryCounters counters = memory.counters();

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, counters.borrowed(), "borrowed");
        assertEquals(0, counters.stashBytes(), "stash bytes");
        assertEquals(0, counters.waiting(), "waiting");
        pool.close();
        assertEquals(0, pool.allocatedBytes(), "direct memory after close");
    }

    private Buffer borrow() {
        return Objects.requireNonNull(memory.borrow(), "no buffer");
    }

    private static Buffer fill(Buffer buffer, int bytes, int seed) {
        ByteBuffer target = buffer.forRead();
        for (int i = 0; i < bytes; i++) {
            target.put((byte) (seed + i));
        }
        buffer.filled(bytes);
        return buffer;
    }

    private static void drain(Buffer buffer, int seed) {
        ByteBuffer source = buffer.forWrite();
        for (int i = 0; source.hasRemaining(); i++) {
            assertEquals((byte) (seed + i), source.get(), "byte " + i);
        }
        buffer.sent(buffer.remaining());
    }

    @Test
    void aBufferIsReusedAndItsCellIsCountedWhileItIsLent() {
        Buffer first = borrow();
        assertEquals(1, counters.borrowed());
        assertEquals(READ, first.readLimit());
        memory.giveBack(first);
        assertSame(first, borrow());
        memory.giveBack(first);
        assertEquals(1, counters.borrowedPeak());
    }

    @Test
    void givingBackTwiceIsADefectThatIsNamed() {
        Buffer buffer = borrow();
        memory.giveBack(buffer);
        assertThrows(IllegalStateException.class, () -> memory.giveBack(buffer));
    }

    @Test
    void aSmallResidueMovesToACellOfItsSize() {
        Buffer kept = memory.keep(fill(borrow(), 1000, 7));
        assertEquals(1024, kept.capacity());
        assertEquals(0, counters.borrowed());
        assertEquals(1024, counters.stashBytes());
        drain(kept, 7);
        memory.giveBack(kept);
    }

    @Test
    void aLargeResidueStaysWhereItIsWhileThereIsPlentyAndMovesWhenItHasShrunk() {
        Buffer buffer = fill(borrow(), READ, 0);
        assertSame(buffer, memory.keep(buffer));
        buffer.sent(READ - 600);
        Buffer smaller = memory.compact(buffer);
        assertNotSame(buffer, smaller);
        assertEquals(640, smaller.capacity());
        assertEquals(0, counters.borrowed());
        drain(smaller, READ - 600);
        memory.giveBack(smaller);
    }

    @Test
    void noCellWastesMoreThanAFifth() {
        for (int bytes = 513; bytes <= READ / 2; bytes += 37) {
            Buffer kept = memory.keep(fill(borrow(), bytes, bytes));
            assertTrue(kept.capacity() >= bytes && kept.capacity() * 0.8 <= bytes,
                    bytes + " bytes in a cell of " + kept.capacity());
            drain(kept, bytes);
            memory.giveBack(kept);
        }
    }

    @Test
    void readsShrinkWhenMemoryIsScarceAndTheLastBufferIsNeverPinned() {
        List<Buffer> kept = new ArrayList<>();
        int smallest = READ;
        while (true) {
            Buffer buffer = memory.borrow();
            if (buffer == null) {
                break;
            }
            assertTrue(buffer.readLimit() <= smallest || buffer.readLimit() == 4096, "reads grew while memory shrank");
            smallest = Math.min(smallest, buffer.readLimit());
            kept.add(memory.keep(fill(buffer, buffer.readLimit(), kept.size())));
            assertTrue(counters.borrowed() < BUFFERS, "the last buffer was pinned");
        }
        assertTrue(smallest <= 4096, "reads never shrank below " + smallest);
        assertTrue(kept.size() > BUFFERS,
                "with smaller reads more receivers fit than there are buffers, but only " + kept.size() + " did");
        assertTrue(pool.allocatedBytes() <= (long) READ * BUFFERS + STASH, "bound broken: " + pool.allocatedBytes());
        for (int i = 0; i < kept.size(); i++) {
            drain(kept.get(i), i);
            memory.giveBack(kept.get(i));
        }
        memory.giveBack(borrow());
    }

    private final class TestingWaiter extends Waiter {
        private final List<TestingWaiter> log;

        TestingWaiter(List<TestingWaiter> log) {
            this.log = log;
        }

        @Override
        protected void onMemoryAvailable() {
            log.add(this);
            memory.giveBack(borrow());
        }
    }

    private List<Buffer> exhaust() {
        List<Buffer> held = new ArrayList<>();
        for (Buffer buffer = memory.borrow(); buffer != null; buffer = memory.borrow()) {
            held.add(buffer);
        }
        assertEquals(BUFFERS, held.size());
        return held;
    }

    @Test
    void waitersAreServedInTheOrderOfUrgencyThenOfArrival() {
        List<Buffer> held = exhaust();
        List<TestingWaiter> served = new ArrayList<>();
        TestingWaiter start = new TestingWaiter(served);
        TestingWaiter first = new TestingWaiter(served);
        TestingWaiter cancelled = new TestingWaiter(served);
        TestingWaiter second = new TestingWaiter(served);
        TestingWaiter finish = new TestingWaiter(served);
        memory.await(start, Urgency.START);
        memory.await(first, Urgency.CONTINUE);
        memory.await(cancelled, Urgency.CONTINUE);
        memory.await(second, Urgency.CONTINUE);
        memory.await(finish, Urgency.FINISH);
        memory.cancel(cancelled);
        assertEquals(4, counters.waiting());
        memory.serveWaiters();
        assertEquals(List.of(), served);

        memory.giveBack(held.removeLast());
        assertTrue(memory.canServeWaiters());
        // One release wakes one waiter; each of these gives back what it got and so wakes the next.
        memory.serveWaiters();
        assertEquals(List.of(finish, first, second, start), served);
        assertEquals(5, counters.waits());
        held.forEach(memory::giveBack);
    }

    @Test
    void oneReleaseWakesOneWaiter() {
        List<Buffer> held = exhaust();
        Deque<Buffer> taken = new ArrayDeque<>();
        for (int i = 0; i < 3; i++) {
            memory.await(new Waiter() {
                @Override
                protected void onMemoryAvailable() {
                    taken.add(borrow());
                }
            }, Urgency.CONTINUE);
        }
        memory.giveBack(held.removeLast());
        memory.serveWaiters();
        assertEquals(1, taken.size());
        memory.serveWaiters();
        assertEquals(1, taken.size());
        memory.giveBack(held.removeLast());
        memory.giveBack(held.removeLast());
        memory.serveWaiters();
        assertEquals(3, taken.size());
        held.forEach(memory::giveBack);
        taken.forEach(memory::giveBack);
    }

    @Test
    void contentSurvivesAnyOrderOfKeepingAndSending() {
        Random random = new Random(3);
        record Kept(Buffer buffer, int seed) {}
        List<Kept> kept = new ArrayList<>();
        for (int step = 0; step < 50_000; step++) {
            Buffer buffer = random.nextInt(3) > 0 ? memory.borrow() : null;
            if (buffer != null) {
                int seed = random.nextInt();
                int bytes = 1 + random.nextInt(buffer.readLimit());
                kept.add(new Kept(memory.keep(fill(buffer, bytes, seed)), seed));
            } else if (!kept.isEmpty()) {
                Kept any = kept.remove(random.nextInt(kept.size()));
                int part = random.nextInt(any.buffer.remaining());
                any.buffer.sent(part);
                Buffer rest = memory.compact(any.buffer);
                drain(rest, any.seed + part);
                memory.giveBack(rest);
            }
            if (step % 1000 == 0) {
                memory.trim();
                assertTrue(pool.allocatedBytes() <= (long) READ * BUFFERS + STASH);
                assertEquals(pool.allocatedBytes(), counters.poolAllocated() + counters.stashAllocated());
                assertTrue(counters.poolAllocatedPeak() <= (long) READ * BUFFERS);
                assertTrue(counters.stashAllocatedPeak() <= STASH);
            }
        }
        for (Kept any : kept) {
            memory.giveBack(any.buffer);
        }
    }

    @Test
    void memoryThatWasNotNeededForAWhileGoesBackToTheJvm() {
        List<Buffer> held = exhaust();
        long most = pool.allocatedBytes();
        assertEquals(most, counters.poolAllocated());
        held.forEach(memory::giveBack);
        memory.trim();
        memory.trim();
        assertTrue(pool.allocatedBytes() < most, "still " + pool.allocatedBytes());
        assertEquals(pool.allocatedBytes(), counters.poolAllocated());
        assertEquals(most, counters.poolAllocatedPeak());
        memory.giveBack(borrow());
    }

    @Test
    void aTinyStashFallsBackToPinning() {
        BufferPool tight = new BufferPool(new MemoryBounds(READ, 4 * READ, READ, 0), 1);
        LoopMemory share = tight.share(0);
        List<Buffer> kept = new ArrayList<>();
        for (Buffer buffer = share.borrow(); buffer != null; buffer = share.borrow()) {
            kept.add(share.keep(fill(buffer, buffer.readLimit(), 0)));
        }
        assertNull(share.borrow());
        assertTrue(kept.size() >= 4, "only " + kept.size());
        kept.forEach(share::giveBack);
        assertNotNull(share.borrow());
        tight.close();
        assertEquals(0, tight.allocatedBytes());
    }
}
