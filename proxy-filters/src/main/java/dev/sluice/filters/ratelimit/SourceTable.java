package dev.sluice.filters.ratelimit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.LongSupplier;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered about sources, in a fixed amount of memory: for each a slot with a few buckets and the number of those who hold it.
 *
 * <p>A slot is forgotten when another source needs it, nobody holds it, and its buckets are full: then it says nothing that a new slot would not
 * say. A source has 32 slots in which it may be, a set, chosen by a hash with a secret key, so no client can choose its neighbours, and the
 * search has a bound. There are twice as many slots as sources are asked for, and so hardly a set is full before that many have one: of
 * 100,000 about one.
 *
 * <p>Finding a slot takes the flag of its set, which is held for a look at 32 slots. The clock is read while it is held, so that times of one
 * source never go back, whichever thread comes. Everything else is atomic by itself.
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

    // The lower halves of keys. An unused slot has 0 and is nobody's.
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
     * A table without sources.
     *
     * @param sources so many have room
     * @param cellsPerSource how many buckets each has
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
     * @param source null = the one of all clients without an address
     * @param max how many may hold it
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

    /** Under the lock of the set, so that nobody else counts up. */
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
