package dev.sluice.runtime.observe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import dev.sluice.api.CloseReason;

/**
 * Counters of the connect attempts to one cluster, of the waits in its queue, and of the ends of its connections, on one event loop.
 *
 * <p>Only that loop's thread may call {@link #connected}, {@link #failed}, {@link #queued}, {@link #tls} and {@link #closed}; any thread may read. Counting allocates nothing and uses no
 * atomic read-modify-write.
 */
@SuppressWarnings("EnumOrdinal") // an index into an array of this process; it is written nowhere
public final class ConnectCounters {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    /**
     * Upper bounds of the histogram in nanoseconds: from a neighbour on the same switch (100 µs) to usual connect
     * timeouts. A lost SYN shows as a second hump above 1 s, where TCP sends it again.
     */
    private static final long[] BOUNDS = {
        100_000L,
        250_000L,
        500_000L,
        1_000_000L,
        2_500_000L,
        5_000_000L,
        10_000_000L,
        25_000_000L,
        50_000_000L,
        100_000_000L,
        250_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_500_000_000L,
        5_000_000_000L,
        10_000_000_000L};

    /** One cache line before and after the counters: two loops must not write to the same line. */
    private static final int PAD = 64 / Long.BYTES;
    private static final int BUCKETS = PAD;
    private static final int SUM = BUCKETS + BOUNDS.length + 1;
    private static final int FAILURES = SUM + 1;
    private static final int WAITS = FAILURES + ConnectFailure.values().length;
    private static final int WAIT_SUM = WAITS + BOUNDS.length + 1;
    private static final int TLS_SECRETS = WAIT_SUM + 1;
    private static final int TLS_ENGINES = TLS_SECRETS + 1;
    private static final int CLOSED = TLS_ENGINES + 1;
    private static final int LENGTH = CLOSED + CloseReason.values().length + PAD;

    private final String cluster;
    private final long[] slots = new long[LENGTH];

    /**
     * Counters at zero.
     *
     * @param cluster the name of the cluster
     */
    public ConnectCounters(String cluster) {
        this.cluster = cluster;
    }

    /** The name of the cluster. */
    public String cluster() {
        return cluster;
    }

    /**
     * Counts an attempt that succeeded. Loop thread.
     *
     * @param nanos the time from the connect call to the established connection, in nanoseconds
     */
    public void connected(long nanos) {
        add(SUM, Math.max(0, nanos));
        add(BUCKETS + bucketOf(nanos), 1);
    }

    /**
     * Counts a client that has waited in the queue, whether or not it got a place. Loop thread.
     *
     * @param nanos the time in the queue, in nanoseconds
     */
    public void queued(long nanos) {
        add(WAIT_SUM, Math.max(0, nanos));
        add(WAITS + bucketOf(nanos), 1);
    }

    /** The bucket that a time falls into. */
    static int bucketOf(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanos > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    /**
     * Counts connections to endpoints that speak TLS. Loop thread.
     *
     * @param engine whether they keep an engine, and not their secrets only
     * @param change 1 = one more is open, -1 = one less
     */
    public void tls(boolean engine, int change) {
        add(engine ? TLS_ENGINES : TLS_SECRETS, change);
    }

    /** Connections with TLS that are open now, and keep an engine, or their secrets only. */
    long tlsCount(boolean engine) {
        return get(engine ? TLS_ENGINES : TLS_SECRETS);
    }

    /** Counts an attempt that failed. Loop thread. */
    public void failed(ConnectFailure reason) {
        add(FAILURES + reason.ordinal(), 1);
    }

    /** Failed attempts for this reason so far. */
    public long failureCount(ConnectFailure reason) {
        return get(FAILURES + reason.ordinal());
    }

    /** Counts the end of a client's connection for which the cluster had been chosen. Loop thread. */
    public void closed(CloseReason reason) {
        add(CLOSED + reason.ordinal(), 1);
    }

    /** Connections that ended for this reason so far. */
    public long closedCount(CloseReason reason) {
        return get(CLOSED + reason.ordinal());
    }

    /** The number of buckets of the histogram; the last one has no upper bound. */
    static int bucketCount() {
        return BOUNDS.length + 1;
    }

    /** The longest time that belongs to this bucket, in seconds; infinity for the last bucket. */
    static double bucketUpperBoundSeconds(int bucket) {
        return bucket < BOUNDS.length ? BOUNDS[bucket] / 1e9 : Double.POSITIVE_INFINITY;
    }

    /** Attempts whose time fell into this bucket and no lower one. */
    long bucket(int bucket) {
        return get(BUCKETS + bucket);
    }

    /** The time of all successful attempts together, in nanoseconds. */
    long sumNanos() {
        return get(SUM);
    }

    /** Waits in the queue whose time fell into this bucket and no lower one. */
    long waits(int bucket) {
        return get(WAITS + bucket);
    }

    /** The time of all waits together, in nanoseconds. */
    long waitNanos() {
        return get(WAIT_SUM);
    }

    private void add(int slot, long n) {
        SLOT.setRelease(slots, slot, slots[slot] + n);
    }

    private long get(int slot) {
        return (long) SLOT.getAcquire(slots, slot);
    }
}
