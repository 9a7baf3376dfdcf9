package dev.sluice.api.testkit;

/** The times of one direction: since when bytes are held, and when the first byte came. */
final class HoldTimes {
    private boolean begun;
    private long begunAt;
    private boolean holding;
    private long holdingSince;

    void reset() {
        begun = false;
        holding = false;
    }

    /** Notes that bytes were read. */
    void read(long now) {
        if (!begun) {
            begun = true;
            begunAt = now;
        }
    }

    /** Notes that nothing is held. */
    void release() {
        holding = false;
    }

    /**
     * Notes the state after a callback or a read.
     *
     * @param any whether bytes are held
     * @param progress whether some have passed
     */
    void update(boolean any, boolean progress, long now) {
        if (any && (progress || !holding)) {
            holdingSince = now;
        }
        holding = any;
    }

    boolean begun() {
        return begun;
    }

    long begunAt() {
        return begunAt;
    }

    /** Nanoseconds until a hold of this length is over; {@link Long#MAX_VALUE} = nothing is held. */
    long remaining(long holdNanos, long now) {
        return holding ? holdingSince + holdNanos - now : Long.MAX_VALUE;
    }
}
