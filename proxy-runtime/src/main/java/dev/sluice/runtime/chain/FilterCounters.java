package dev.sluice.runtime.chain;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters of one filter on one event loop. Only that loop's thread may count; any thread may read. Counting allocates nothing and needs no atomic
 * read-modify-write.
 */
@SuppressWarnings("EnumOrdinal") // an index into an array of this process; it is written nowhere
final class FilterCounters {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    /** One cache line before and after the counters: two loops must not write to the same line. */
    private static final int PAD = 64 / Long.BYTES;
    private static final int RETAINED = PAD + FilterEvent.values().length;
    private static final int CONNECTIONS = RETAINED + 1;

    private final long[] slots = new long[CONNECTIONS + 1 + PAD];

    void count(FilterEvent event) {
        add(PAD + event.ordinal(), 1);
    }

    void retained(int bytes) {
        add(RETAINED, bytes);
    }

    /** Changes the number of connections whose filter was created and not closed. */
    void connections(int change) {
        add(CONNECTIONS, change);
    }

    long total(FilterEvent event) {
        return get(PAD + event.ordinal());
    }

    long retainedBytes() {
        return get(RETAINED);
    }

    long connections() {
        return get(CONNECTIONS);
    }

    private void add(int slot, long n) {
        SLOT.setRelease(slots, slot, slots[slot] + n);
    }

    private long get(int slot) {
        return (long) SLOT.getAcquire(slots, slot);
    }
}
