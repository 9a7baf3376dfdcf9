package dev.sluice.filters.ratelimit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A table of sources in a bounded amount of memory: for each a slot with a few buckets and a count of its holders.
 *
 * <p>A slot is reused for another source when it has no holder and its buckets are full: a new slot would be equal to
 * it. A source may be in any of 32 slots, a set, chosen by a hash with a secret key, so no client can choose its
 * neighbours, and the search is bounded. There are twice as many slots as sources are configured, so hardly any set is
 * full before that many have a slot: of 100,000 about one.
 *
 * <p>A set has memory from its first source on, and keeps it until the table is closed. So a table that never serves,
 * such as that of a plan or of a refused reload, costs next to nothing, and one that serves few sources little.
 *
 * <p>Finding a slot takes the flag of its set, which is held for a look at 32 slots. The clock is read while it is
 * held, so that the times of one source never go back, on whatever thread. Everything else is atomic by itself.
 */
final class SourceTable implements AutoCloseable {
    /** All slots of the set are held, or have buckets that are not full. */
    static final int FULL = -1;
    /** The source has as many connections as it may. */
    static final int AT_MAXIMUM = -2;
    /** The heap that tables may take is used up. */
    static final int NO_MEMORY = -4;
    /** The source has no slot, and would get one. */
    static final int UNKNOWN = -5;

    private static final VarHandle BUSY;
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SET_BITS = 5;
    private static final int SET = 1 << SET_BITS;
    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int SPINS = 100;
    /** The headers of the object and the arrays of a set, and the reference to it. */
    private static final int SET_OVERHEAD = 96;

    // The lower halves of keys. An unused slot has 0.
    private static final long PREFIX_64 = 1;
    private static final long NO_ADDRESS = 2;

    static {
        try {
            BUSY = MethodHandles.lookup().findVarHandle(Slots.class, "busy", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The slots of a set. */
    private static final class Slots {
        @SuppressWarnings("unused") // by BUSY
        private volatile int busy;
        private final long[] keys = new long[2 * SET];
        private final int[] holders = new int[SET];
        private final long[] cells;

        Slots(int cellsPerSource, long now) {
            cells = new long[cellsPerSource * SET];
            Arrays.fill(cells, now);
        }
    }

    private final SipHash hash = SipHash.withRandomKey();
    private final LongSupplier clock;
    private final TableMemory memory;
    private final int sets;
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Slots>> pages;
    private final AtomicLong taken = new AtomicLong();
    private final int cellsPerSource;

    /**
     * Makes a table without sources.
     *
     * @param sources the number of sources that have room
     * @param cellsPerSource the number of buckets of each
     * @param memory the source of its memory
     */
    SourceTable(int sources, int cellsPerSource, LongSupplier clock, TableMemory memory) {
        this.sets = sets(sources);
        this.clock = clock;
        this.memory = memory;
        this.cellsPerSource = cellsPerSource;
        pages = new AtomicReferenceArray<>(Math.ceilDiv(sets, PAGE));
    }

    private static int sets(int sources) {
        return Math.ceilDiv(2 * sources, SET);
    }

    /** The most memory that a table may come to need, in bytes. */
    static long bytes(int sources, int cellsPerSource) {
        return sets(sources) * bytesOfSet(cellsPerSource);
    }

    /** The number of sources for which a table fits into this much memory. */
    static long sourcesIn(long bytes, int cellsPerSource) {
        return bytes / bytesOfSet(cellsPerSource) * SET / 2;
    }

    private static long bytesOfSet(int cellsPerSource) {
        return SET_OVERHEAD + SET * (2L * Long.BYTES + Integer.BYTES + (long) cellsPerSource * Long.BYTES);
    }

    /** The buckets of the sources of a set, to which a slot belongs; its own from {@link #firstCell} on. */
    long[] cells(int slot) {
        return of(slot).cells;
    }

    int firstCell(int slot) {
        return (slot & (SET - 1)) * cellsPerSource;
    }

    /** The set of a slot that was given away. */
    private Slots of(int slot) {
        int set = slot >> SET_BITS;
        AtomicReferenceArray<@Nullable Slots> page = pages.get(set >> PAGE_BITS);
        Slots slots = page == null ? null : page.get(set & (PAGE - 1));
        if (slots == null) {
            throw new IllegalArgumentException("no slot " + slot);
        }
        return slots;
    }

    /**
     * Finds or makes the slot of a source, and holds it until {@link #release}.
     *
     * @param source null = the common source of all clients without an address
     * @param max the most holders of the slot
     * @return the slot, {@link #FULL}, {@link #AT_MAXIMUM} or {@link #NO_MEMORY}
     */
    int hold(@Nullable IpAddress source, int max) {
        long high = high(source);
        long low = low(source);
        int set = (int) Math.unsignedMultiplyHigh(hash.hash(high, low), sets);
        Slots slots = set(set);
        if (slots == null) {
            return NO_MEMORY;
        }
        lock(slots);
        try {
            int slot = find(slots, high, low);
            if (slot == FULL) {
                return FULL;
            }
            return increment(slots, slot, max) ? (set << SET_BITS) + slot : AT_MAXIMUM;
        } finally {
            BUSY.setRelease(slots, 0);
        }
    }

    private static long high(@Nullable IpAddress source) {
        return source == null || source.isIpv4() ? 0 : source.high();
    }

    private static long low(@Nullable IpAddress source) {
        return source == null ? NO_ADDRESS : source.isIpv4() ? source.low() : PREFIX_64;
    }

    /** A set, which has its memory from then on; null if there is none. */
    private @Nullable Slots set(int set) {
        AtomicReferenceArray<@Nullable Slots> page = pages.get(set >> PAGE_BITS);
        Slots slots = page == null ? null : page.get(set & (PAGE - 1));
        return slots == null ? newSet(set) : slots;
    }

    private @Nullable Slots newSet(int set) {
        long bytes = bytesOfSet(cellsPerSource);
        if (!memory.take(bytes)) {
            return null;
        }
        boolean used = false;
        try {
            AtomicReferenceArray<@Nullable Slots> page = pages.get(set >> PAGE_BITS);
            if (page == null) {
                page = new AtomicReferenceArray<>(PAGE);
                AtomicReferenceArray<@Nullable Slots> other = pages.compareAndExchange(set >> PAGE_BITS, null, page);
                page = other == null ? page : other;
            }
            Slots made = new Slots(cellsPerSource, clock.getAsLong());
            Slots first = page.compareAndExchange(set & (PAGE - 1), null, made);
            used = first == null;
            if (used) {
                taken.addAndGet(bytes);
            }
            return first == null ? made : first;
        } finally {
            if (!used) {
                memory.give(bytes);
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // Nothing relies on yield; it shortens a wait that would end without it too.
    private static void lock(Slots slots) {
        for (int spin = 1; !BUSY.weakCompareAndSetAcquire(slots, 0, 1); spin++) {
            if (spin % SPINS == 0) {
                // The holder is not running: more threads than processors.
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private int find(Slots slots, long high, long low) {
        long[] keys = slots.keys;
        long now = clock.getAsLong();
        int free = FULL;
        for (int slot = 0; slot < SET; slot++) {
            if (keys[2 * slot + 1] == low && keys[2 * slot] == high) {
                return slot;
            }
            if (free == FULL && isForgettable(slots, slot, now)) {
                free = slot;
            }
        }
        if (free != FULL) {
            keys[2 * free] = high;
            keys[2 * free + 1] = low;
            for (int i = 0; i < cellsPerSource; i++) {
                CELL.setVolatile(slots.cells, firstCell(free) + i, now);
            }
        }
        return free;
    }

    private boolean isForgettable(Slots slots, int slot, long now) {
        if ((int) COUNT.getAcquire(slots.holders, slot) > 0) {
            return false;
        }
        for (int i = 0; i < cellsPerSource; i++) {
            if ((long) CELL.getVolatile(slots.cells, firstCell(slot) + i) - now > 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Looks for the slot of a source, and changes nothing: without the flag of the set, so that no loop waits for who
     * asks. What it finds is of a moment ago.
     *
     * @param source null = the common source of all clients without an address
     * @return the slot; {@link #UNKNOWN}, {@link #FULL} or {@link #NO_MEMORY}
     */
    int look(@Nullable IpAddress source) {
        long high = high(source);
        long low = low(source);
        int set = (int) Math.unsignedMultiplyHigh(hash.hash(high, low), sets);
        AtomicReferenceArray<@Nullable Slots> page = pages.get(set >> PAGE_BITS);
        Slots slots = page == null ? null : page.get(set & (PAGE - 1));
        if (slots == null) {
            return memory.hasRoom(bytesOfSet(cellsPerSource)) ? UNKNOWN : NO_MEMORY;
        }
        BUSY.getAcquire(slots);
        long now = clock.getAsLong();
        int found = FULL;
        for (int slot = 0; slot < SET; slot++) {
            if (slots.keys[2 * slot + 1] == low && slots.keys[2 * slot] == high) {
                return (set << SET_BITS) + slot;
            }
            found = isForgettable(slots, slot, now) ? UNKNOWN : found;
        }
        return found;
    }

    /** The number of holders of a slot now. */
    int holders(int slot) {
        return (int) COUNT.getAcquire(of(slot).holders, slot & (SET - 1));
    }

    /** Counts a holder. Under the lock of the set, so that no other thread counts up meanwhile. */
    private static boolean increment(Slots slots, int slot, int max) {
        if ((int) COUNT.getVolatile(slots.holders, slot) >= max) {
            return false;
        }
        COUNT.getAndAdd(slots.holders, slot, 1);
        return true;
    }

    /** Ends one hold. */
    void release(int slot) {
        COUNT.getAndAdd(of(slot).holders, slot & (SET - 1), -1);
    }

    /** Gives its memory back, after the last use of the table. */
    @Override
    public void close() {
        memory.give(taken.getAndSet(0));
    }
}
