package dev.sluice.runtime.loop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The {@link Watchdog}'s findings about one event loop. Written by the watchdog's thread; read by any thread. */
public final class StallCounters {
    /** Of the moving average: what is older than this hardly counts. */
    private static final double AVERAGED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong stalls = new AtomicLong();
    private volatile long longestNanos;
    private volatile double ratio;
    /** When {@link #ratio} was true; written after it. */
    private volatile long ratioAt;

    /** @param now in nanoseconds of the monotonic clock */
    StallCounters(long now) {
        this.ratioAt = now;
    }

    /** The share of time in which the loop did not wait for sockets, 0 to 1, over about the last ten seconds; from samples. */
    public double busyRatio() {
        return busyRatio(System.nanoTime());
    }

    /** As if the loop had waited since the last sample: an idle loop is not sampled. */
    double busyRatio(long now) {
        long since = ratioAt;
        return ratio * remainder(now - since);
    }

    /** How much of the average is left after a time. */
    private static double remainder(long nanos) {
        return Math.exp(-Math.max(0, nanos) / AVERAGED_NANOS);
    }

    /** The longest that one callback ever took, in nanoseconds, of those above {@link Watchdog#THRESHOLD}. */
    public long longestStallNanos() {
        return longestNanos;
    }

    /** How many callbacks took longer than {@link Watchdog#THRESHOLD}. */
    public long stalls() {
        return stalls.getAcquire();
    }

    /** The loop was busy, or not, all the time since the last sample. */
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
