package dev.sluice.filters.ratelimit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.LongSupplier;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A table of sources in a fixed amount of memory: for each a slot with a few buckets and a count of its holders.
 *
 * <p>A slot is reused for another source when it has no holder and its buckets are full: a new slot would be equal to
 * it. A source may be in any of 32 slots, a set, chosen by a hash with a secret key, so no client can choose its
 * neighbours, and the search is bounded. There are twice as many slots as sources are configured, so hardly any set is
 * full before that many have a slot: of 100,000 about one.
 *
 * <p>Finding a slot takes the flag of its set, which is held for a look at 32 slots. The clock is read while it is
 * held, so that the times of one source never go back, on whatever thread. Everything else is atomic by itself.
 */
final class SourceTable {
    /** All slots of the set are held, or have buckets that are not full. */
    static final int FULL = -1;
    /** The source has as many connections as it may. */
    static final int AT_MAXIMUM = -2;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SET = 32;
    private static final int SPINS = 100;

    // The lower halves of keys. An unused slot has 0.
    private static final long PREFIX_64 = 1;
    private static final long NO_ADDRESS = 2;

    private final SipHash hash = SipHash.withRandomKey();
    private final LongSupplier clock;
    private final int[] busySets;
    private final long[] keys;
    private final int[] holders;
    private final long[] cells;
    private final int cellsPerSource;

    /**
     * Makes a table without sources.
     *
     * @param sources the number of sources that have room
     * @param cellsPerSource the number of buckets of each
     */
    SourceTable(int sources, int cellsPerSource, LongSupplier clock) {
        int sets = Math.ceilDiv(2 * sources, SET);
        this.clock = clock;
        this.cellsPerSource = cellsPerSource;
        busySets = new int[sets];
        holders = new int[sets * SET];
        keys = new long[2 * holders.length];
        cells = new long[cellsPerSource * holders.length];
        Arrays.fill(cells, clock.getAsLong());
    }

    /** The buckets of all sources; those of a slot from {@link #firstCell} on. */
    long[] cells() {
        return cells;
    }

    int firstCell(int slot) {
        return slot * cellsPerSource;
    }

    /**
     * Finds or makes the slot of a source, and holds it until {@link #release}.
     *
     * @param source null = the common source of all clients without an address
     * @param max the most holders of the slot
     * @return the slot, {@link #FULL} or {@link #AT_MAXIMUM}
     */
    int hold(@Nullable IpAddress source, int max) {
        long high = source == null || source.isIpv4() ? 0 : source.high();
        long low = source == null ? NO_ADDRESS : source.isIpv4() ? source.low() : PREFIX_64;
        int set = (int) Math.unsignedMultiplyHigh(hash.hash(high, low), busySets.length);
        lock(set);
        try {
            int slot = find(set * SET, high, low);
            if (slot != FULL && !increment(slot, max)) {
                return AT_MAXIMUM;
            }
            return slot;
        } finally {
            COUNT.setRelease(busySets, set, 0);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // Nothing relies on yield; it shortens a wait that would end without it too.
    private void lock(int set) {
        for (int spin = 1; !COUNT.weakCompareAndSetAcquire(busySets, set, 0, 1); spin++) {
            if (spin % SPINS == 0) {
                // The holder is not running: more threads than processors.
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private int find(int first, long high, long low) {
        long now = clock.getAsLong();
        int free = FULL;
        for (int slot = first; slot < first + SET; slot++) {
            if (keys[2 * slot + 1] == low && keys[2 * slot] == high) {
                return slot;
            }
            if (free == FULL && isForgettable(slot, now)) {
                free = slot;
            }
        }
        if (free != FULL) {
            keys[2 * free] = high;
            keys[2 * free + 1] = low;
            for (int i = 0; i < cellsPerSource; i++) {
                CELL.setVolatile(cells, firstCell(free) + i, now);
            }
        }
        return free;
    }

    private boolean isForgettable(int slot, long now) {
        if ((int) COUNT.getAcquire(holders, slot) > 0) {
            return false;
        }
        for (int i = 0; i < cellsPerSource; i++) {
            if ((long) CELL.getVolatile(cells, firstCell(slot) + i) - now > 0) {
                return false;
            }
        }
        return true;
    }

    /** Counts a holder. Under the lock of the set, so that no other thread counts up meanwhile. */
    private boolean increment(int slot, int max) {
        if ((int) COUNT.getVolatile(holders, slot) >= max) {
            return false;
        }
        COUNT.getAndAdd(holders, slot, 1);
        return true;
    }

    /** Ends one hold. */
    void release(int slot) {
        COUNT.getAndAdd(holders, slot, -1);
    }
}
