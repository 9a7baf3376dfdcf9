package dev.sluice.runtime.loop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The {@link Watchdog}'s findings about one event loop. Written by the watchdog's thread; read by any thread. */
public final class StallCounters {
    /** The time constant of the moving average. */
    private static final double AVERAGED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong stalls = new AtomicLong();
    private volatile long longestNanos;
    private volatile double ratio;
    /** The time at which {@link #ratio} was computed; written after it. */
    private volatile long ratioAt;

    /** @param now in nanoseconds of the monotonic clock */
    StallCounters(long now) {
        this.ratioAt = now;
    }

    /**
     * The share of time in which the loop did not wait for sockets, 0 to 1, over about the last ten seconds, from
     * samples.
     */
    public double busyRatio() {
        return busyRatio(System.nanoTime());
    }

    /**
     * The busy ratio at {@code now}. The loop counts as waiting since the last sample, because an idle loop is not
     * sampled.
     */
    double busyRatio(long now) {
        long since = ratioAt;
        return ratio * remainder(now - since);
    }

    /** The weight of an average after a time. */
    private static double remainder(long nanos) {
        return Math.exp(-Math.max(0, nanos) / AVERAGED_NANOS);
    }

    /** The longest that one callback ever took, in nanoseconds, of those above {@link Watchdog#THRESHOLD}. */
    public long longestStallNanos() {
        return longestNanos;
    }

    /** The number of callbacks that took longer than {@link Watchdog#THRESHOLD}. */
    public long stalls() {
        return stalls.getAcquire();
    }

    /** Adds a sample: the loop was busy, or not, all the time since the last one. */
    void sampled(boolean busy, long now) {
        double old = remainder(now - ratioAt);
        ratio = ratio * old + (busy ? 1 - old : 0);
        ratioAt = now;
    }

    void stallBegan() {
        stalls.setRelease(stalls.getPlain() + 1);
    }

    void stalledFor(long nanos) {
        longestNanos = Math.max(longestNanos, nanos);
    }
}
