package dev.sluice.runtime.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EventLoopTest {
    private final Ledger ledger = Ledger.open();
    private final BufferPool pool = new BufferPool(new MemoryBounds(4096, 65_536, 65_536, 0), 1);
    private final EventLoop loop;

    EventLoopTest() throws TransportException {
        loop = new EventLoop(0, "sluice-test-loop", new NioTransport().openPoller(), pool.share(0), () -> {});
    }

    @BeforeEach
    void start() {
        loop.start();
    }

    @AfterEach
    void stop() {
        assertTrue(loop.stop());
        pool.close();
        ledger.settle();
    }

    private abstract static class TestingTimer extends Timer {
        @Override
        protected void onExpiryFailed(Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void tasksOfOneSenderRunInOrderOnTheLoop() throws Exception {
        int count = 10_000;
        List<Integer> ran = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            int number = i;
            loop.execute(() -> {
                assertTrue(loop.isInLoop());
                ran.add(number);
                done.countDown();
            });
        }
        assertTrue(done.await(20, TimeUnit.SECONDS));
        for (int i = 0; i < count; i++) {
            assertEquals(i, ran.get(i));
        }
        assertFalse(loop.isInLoop());
    }

    /** Work in parts lets the sockets have their turn between two of them. */
    @Test
    void eachTurnHasOnePart() throws Exception {
        List<Long> turns = new ArrayList<>();
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(new Runnable() {
            @Override
            public void run() {
                turns.add(loop.now());
                if (turns.size() < 200) {
                    loop.executeNextTurn(this);
                } else {
                    done.complete(true);
                }
            }
        });
        assertTrue(done.get(20, TimeUnit.SECONDS));
        assertEquals(200, turns.stream().distinct().count(), "turns");
    }

    /** A task may be added in the instant in which the loop decides to sleep. */
    @Test
    void noTaskIsLeftToASleepingLoop() throws Exception {
        for (int i = 0; i < 20_000; i++) {
            CompletableFuture<Boolean> ran = new CompletableFuture<>();
            loop.execute(() -> ran.complete(true));
            assertTrue(ran.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void aTaskThatThrowsDoesNotEndTheLoop() throws Exception {
        loop.execute(() -> {
            throw new IllegalStateException("a defect, thrown by a test");
        });
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        loop.execute(() -> ran.complete(true));
        assertTrue(ran.get(20, TimeUnit.SECONDS));
    }

    @Test
    void timersFireOnTheLoopAfterTheirDeadline() throws Exception {
        CompletableFuture<Long> fired = new CompletableFuture<>();
        long start = System.nanoTime();
        loop.execute(() -> loop.timers().arm(new TestingTimer() {
            @Override
            protected void onExpiry(long now) {
                fired.complete(System.nanoTime());
            }
        }, loop.now() + TimeUnit.MILLISECONDS.toNanos(50)));
        assertTrue(fired.get(20, TimeUnit.SECONDS) - start >= TimeUnit.MILLISECONDS.toNanos(50));
    }

    /** Memory is trimmed twice after the last callback, and then there is nothing more to do. */
    @Test
    void anIdleLoopDoesNotTurn() throws Exception {
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        loop.execute(() -> ran.complete(true));
        assertTrue(ran.get(20, TimeUnit.SECONDS));
        AtomicLong turns = new AtomicLong(-1);
        Await.until("three seconds without a turn", () -> {
            long before = turns.getAndSet(loop.counters().turns());
            return before == turns.get() && noTurnFor(Duration.ofSeconds(3));
        });
    }

    private boolean noTurnFor(Duration time) {
        long turns = loop.counters().turns();
        long end = System.nanoTime() + time.toNanos();
        while (loop.counters().turns() == turns) {
            if (System.nanoTime() - end > 0) {
                return true;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return false;
    }

    @Test
    void whatARushHasTakenIsGivenBackWhenItIsOver() throws Exception {
        CompletableFuture<Long> held = new CompletableFuture<>();
        loop.execute(() -> {
            List<Buffer> rush = new ArrayList<>();
            for (Buffer each = loop.memory().borrow(); each != null; each = loop.memory().borrow()) {
                rush.add(each);
            }
            held.complete(pool.allocatedBytes());
            rush.forEach(loop.memory()::giveBack);
        });
        assertEquals(65_536, held.get(20, TimeUnit.SECONDS));
        Await.until("all but one slab to be given back", () -> pool.allocatedBytes() <= 65_536 / 4);
    }
}
