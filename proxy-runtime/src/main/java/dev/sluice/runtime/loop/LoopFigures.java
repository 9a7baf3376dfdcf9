package dev.sluice.runtime.loop;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a loop is doing, for metrics and for the {@link StallTracker}. Written by the loop thread with release stores, which cost no
 * fence; read by any thread.
 */
public final class LoopFigures {
    /** {@link #turnStartedAt}: the loop waits for sockets. */
    static final long WAITING = Long.MIN_VALUE;

    private final int index;
    private final Thread thread;
    private final AtomicLong turnStart = new AtomicLong(WAITING);
    private final AtomicLong turns = new AtomicLong();
    private volatile double busyRatio;
    private volatile long longestStallNanos;
    private final AtomicLong stalls = new AtomicLong();

    LoopFigures(int index, Thread thread) {
        this.index = index;
        this.thread = thread;
    }

    /** The loop's number, from 0. */
    public int index() {
        return index;
    }

    Thread thread() {
        return thread;
    }

    long turnStartedAt() {
        return turnStart.getAcquire();
    }

    void turnStarted(long now) {
        turnStart.setRelease(now);
        turns.setRelease(turns.getPlain() + 1);
    }

    void turnEnded() {
        turnStart.setRelease(WAITING);
    }

    /** Turns since the loop was started. */
    public long turns() {
        return turns.getAcquire();
    }

    /** The share of time in which the loop did not wait for sockets, over about the last ten seconds; from samples. */
    public double busyRatio() {
        return busyRatio;
    }

    /** The longest that one turn ever took, in nanoseconds, of those above {@link StallTracker#THRESHOLD}. */
    public long longestStallNanos() {
        return longestStallNanos;
    }

    /** How many turns took longer than {@link StallTracker#THRESHOLD}. */
    public long stalls() {
        return stalls.getAcquire();
    }

    void busyRatio(double ratio) {
        busyRatio = ratio;
    }

    void stallBegan() {
        stalls.setRelease(stalls.getPlain() + 1);
    }

    void stalledFor(long nanos) {
        longestStallNanos = Math.max(longestStallNanos, nanos);
    }
}
