package dev.sluice.runtime.cluster;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections against a limit that is never exceeded, not even for a moment. Any thread. */
final class ConnectionLimit {
    private final int max;
    private final AtomicInteger active = new AtomicInteger();

    /** Of {@code max} connections; 0 means no limit. */
    ConnectionLimit(int max) {
        this.max = max == 0 ? Integer.MAX_VALUE : max;
    }

    /** Takes a place if there is one. */
    boolean tryReserve() {
        // Not "increment, then look": two threads that overshoot together would turn each other away from the last place.
        for (int seen = active.get(); seen < max; seen = active.get()) {
            if (active.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Gives a place back; {@code whose} names it in the error. */
    void release(String whose) {
        if (active.getAndDecrement() <= 0) {
            active.getAndIncrement();
            throw new IllegalStateException(
                    whose + ": a connection was released that was never acquired, or released twice");
        }
    }

    boolean hasRoom() {
        return active.get() < max;
    }

    /** The limit; 0 = none. */
    int max() {
        return max == Integer.MAX_VALUE ? 0 : max;
    }

    int active() {
        return active.get();
    }
}
