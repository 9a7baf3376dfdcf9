package dev.sluice.runtime.cluster;

/** The share that an endpoint has of what its weight promises: the whole, or a part that grows since it has come up. Any thread. */
final class GrowingShare {
    /** The time at which it began to grow; 0 = it is the whole. */
    private volatile long since;

    /** Begins to grow, from the least share. */
    void grow(long nowNanos) {
        since = nowNanos == 0 ? 1 : nowNanos;
    }

    /** Is the whole from now on. */
    void whole() {
        since = 0;
    }

    /** Whether it grows, as far as anybody has looked. */
    boolean grows() {
        return since != 0;
    }

    /**
     * The share, above 0 and at most 1.
     *
     * @param window the time after which it is the whole, in nanoseconds
     */
    double at(long nowNanos, long window) {
        long begin = since;
        if (begin == 0) {
            return 1;
        }
        double share = SlowStart.share(nowNanos - begin, window);
        if (share >= 1) {
            since = 0;
        }
        return share;
    }
}
