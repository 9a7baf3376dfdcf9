package dev.sluice.filters.ratelimit;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.config.Rate;
import dev.sluice.api.net.IpAddress;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SourceTableTest {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private long now = -1;

    private SourceTable table(int sources) {
        return new SourceTable(sources, 1, () -> now, new TableMemory(Long.MAX_VALUE));
    }

    private static int hold(SourceTable table, String source) {
        return table.hold(IpAddress.parse(source), NO_LIMIT);
    }

    @Test
    void whoIsOneSource() {
        SourceTable table = table(1_000);
        int v4 = hold(table, "192.0.2.1");
        assertEquals(v4, hold(table, "::ffff:192.0.2.1"));
        int v6 = hold(table, "2001:db8:0:1::1");
        assertEquals(v6, hold(table, "2001:db8:0:1:ffff:ffff:ffff:ffff"));
        int local = table.hold(null, NO_LIMIT);
        assertEquals(local, table.hold(null, NO_LIMIT));
        Set<Integer> slots = new HashSet<>(List.of(v4, v6, local));
        for (String other : List.of("192.0.2.2", "2001:db8:0:2::1", "2001:db8:1:1::1", "::", "0:0:0:1::",
                "0:ffff:c000:201::", "0.0.0.0", "0.0.0.1", "0.0.0.2", "0:0:0:2::")) {
            assertTrue(slots.add(hold(table, other)), other);
        }
    }

    @Test
    void neverMoreHoldersThanAllowed() {
        SourceTable table = table(10);
        IpAddress source = IpAddress.parse("192.0.2.1");
        int slot = table.hold(source, 2);
        assertEquals(slot, table.hold(source, 2));
        assertEquals(SourceTable.AT_MAXIMUM, table.hold(source, 2));
        table.release(slot);
        assertEquals(slot, table.hold(source, 2));
        assertEquals(SourceTable.AT_MAXIMUM, table.hold(source, 2));
    }

    /** Each of so many has room, but for one in a thousand who may meet a full set; and nobody takes the place of one who matters. */
    @Test
    void roomForAsManyAsWereAskedFor() {
        int size = 100_000;
        SourceTable table = table(size);
        Random random = new Random(7);
        List<Integer> slots = new ArrayList<>();
        int full = 0;
        for (int i = 0; i < size; i++) {
            int slot = table.hold(IpAddress.ofIpv4(random.nextInt()), NO_LIMIT);
            if (slot == SourceTable.FULL) {
                full++;
            } else {
                slots.add(slot);
            }
        }
        assertTrue(full <= size / 1_000, full + " of " + size + " had no room");
        // Some addresses were drawn twice: their slot is held twice.
        assertTrue(new HashSet<>(slots).size() > size * 0.99);

        for (int i = 0; i < 10 * size; i++) {
            slots.add(table.hold(IpAddress.ofIpv4(random.nextInt()), NO_LIMIT));
        }
        assertTrue(slots.contains(SourceTable.FULL));
        slots.removeIf(slot -> slot == SourceTable.FULL);
        slots.forEach(table::release);
        int again = 0;
        for (int i = 0; i < size / 10; i++) {
            again += table.hold(IpAddress.ofIpv4(random.nextInt()), NO_LIMIT) == SourceTable.FULL ? 1 : 0;
        }
        assertEquals(0, again);
    }

    @Test
    void whoHasABucketThatIsNotFullIsNotForgotten() {
        SourceTable table = table(1);
        TokenBucket bucket = TokenBucket.ofConnections(Rate.parse("1/s"), 1, 0);
        Set<Integer> slots = new HashSet<>();
        int source = 0;
        for (int slot = table.hold(IpAddress.ofIpv4(source), NO_LIMIT); slot != SourceTable.FULL; slot = table
                .hold(IpAddress.ofIpv4(source), NO_LIMIT)) {
            assertTrue(slots.add(slot));
            assertEquals(0, bucket.take(table.cells(slot), table.firstCell(slot), now, 0));
            table.release(slot);
            source++;
        }
        now += Duration.ofSeconds(1).toNanos() - 1;
        assertEquals(SourceTable.FULL, table.hold(IpAddress.ofIpv4(source), NO_LIMIT));
        now++;
        int slot = table.hold(IpAddress.ofIpv4(source), NO_LIMIT);
        assertNotEquals(SourceTable.FULL, slot);
        assertEquals(0, bucket.waitFor(table.cells(slot), table.firstCell(slot), now));
    }

    /** Fault 49: 100,000 new sources in a second, and among them one that is over its limit all the time and must not be forgotten. */
    @Test
    void tenMillionSources() {
        SourceTable table = table(100_000);
        Rate rate = Rate.parse("20/s");
        TokenBucket bucket = TokenBucket.ofConnections(rate, 40, 0);
        Random random = new Random(8);
        IpAddress culprit = IpAddress.parse("2001:db8::1");
        TestingMeter meter = new TestingMeter();
        long begin = now;
        int full = 0;
        for (int i = 0; i < 10_000_000; i++) {
            now += 10_000;
            boolean isCulprit = i % 100 == 0;
            IpAddress source = isCulprit
                    ? culprit
                    : i % 2 == 0 ? IpAddress.ofIpv4(random.nextInt()) : new IpAddress(random.nextLong(), i);
            int slot = table.hold(source, NO_LIMIT);
            if (slot == SourceTable.FULL) {
                full++;
                continue;
            }
            if (bucket.take(table.cells(slot), table.firstCell(slot), now, 0) == 0 && isCulprit) {
                meter.pass(now - begin, 1);
            }
            table.release(slot);
        }
        assertEquals(0, full);
        meter.assertWithin(rate, 40, 1);
        meter.assertReached(rate, now - begin, 98);
    }

    /** But for the memory of its set, if it is the first one there. */
    @Test
    void findingASourceAllocatesNothing() {
        SourceTable table = table(1_000);
        Random random = new Random(9);
        IpAddress[] sources = new IpAddress[10_000];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = IpAddress.ofIpv4(random.nextInt());
        }
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] allocated = new long[3];
        for (int i = 0; i < allocated.length; i++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            for (IpAddress source : sources) {
                table.release(table.hold(source, NO_LIMIT));
            }
            allocated[i] = thread.getCurrentThreadAllocatedBytes() - before;
        }
        // The first round links the code.
        assertTrue(allocated[2] < sources.length, () -> allocated[2] + " bytes");
    }

    @Test
    void memoryIsTakenAsSourcesComeUpToTheBoundAndGivenBack() {
        int size = 100_000;
        long most = SourceTable.bytes(size, 1);
        assertTrue(SourceTable.sourcesIn(most, 1) >= size);
        TableMemory memory = new TableMemory(most + most / 2);
        List<SourceTable> tables = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tables.add(new SourceTable(size, 1, () -> now, memory));
        }
        assertEquals(0, memory.taken());
        tables.forEach(table -> assertTrue(hold(table, "192.0.2.1") >= 0));
        assertTrue(memory.taken() <= 100 * 1_200, () -> memory.taken() + " bytes");

        Random random = new Random(10);
        int[] none = new int[2];
        for (int table = 0; table < none.length; table++) {
            for (int i = 0; i < 3 * size; i++) {
                int slot = tables.get(table).hold(IpAddress.ofIpv4(random.nextInt()), NO_LIMIT);
                none[table] += slot == SourceTable.NO_MEMORY ? 1 : 0;
            }
        }
        assertEquals(0, none[0]);
        assertTrue(none[1] > 0);
        assertTrue(memory.taken() <= memory.most());
        assertTrue(hold(tables.get(1), "192.0.2.1") >= 0, "one that has its place keeps it");

        tables.forEach(SourceTable::close);
        assertEquals(0, memory.taken());
    }

    @Test
    void threadsAgreeOnSlotsAndNeverHoldTooMany() throws Exception {
        int max = 3;
        // More sources than places, so that slots change hands all the time.
        SourceTable table = table(1);
        AtomicInteger[] holders = new AtomicInteger[200];
        Arrays.setAll(holders, i -> new AtomicInteger());
        AtomicInteger held = new AtomicInteger();
        TestingThreads.run(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 100_000; i++) {
                int source = random.nextInt(holders.length);
                IpAddress address = IpAddress.ofIpv4(source);
                int slot = table.hold(address, max);
                if (slot >= 0) {
                    assertTrue(holders[source].incrementAndGet() <= max);
                    assertEquals(slot, table.hold(address, NO_LIMIT));
                    table.release(slot);
                    held.incrementAndGet();
                    holders[source].decrementAndGet();
                    table.release(slot);
                }
            }
        });
        assertTrue(held.get() > 0);
        // All is given back.
        for (int i = 0; i < max; i++) {
            assertTrue(table.hold(IpAddress.ofIpv4(0), max) >= 0);
        }
        assertEquals(SourceTable.AT_MAXIMUM, table.hold(IpAddress.ofIpv4(0), max));
    }
}
