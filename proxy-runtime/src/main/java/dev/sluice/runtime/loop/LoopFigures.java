package dev.sluice.runtime.loop;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * What a loop is doing, for metrics and for the {@link StallTracker}. Written by the loop thread with release stores, which cost no
 * fence; read by any thread.
 */
public final class LoopFigures {
    private final int index;
    private final Thread thread;
    private final AtomicLong beats = new AtomicLong();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicLong turns = new AtomicLong();
    private final AtomicReference<@Nullable Occupant> occupant = new AtomicReference<>();
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

    /** Moves on with each callback, so that a turn with many of them is not taken for one that is stuck. */
    long beats() {
        return beats.getAcquire();
    }

    /** Whether the loop is doing something, rather than waiting for sockets. */
    boolean busy() {
        return busy.getAcquire();
    }

    /**
     * The loop calls code that may hog it, until {@link #left}. On the loop's thread; costs a store.
     *
     * @param who is told if it does
     */
    public void entered(Occupant who) {
        beat();
        occupant.setRelease(who);
    }

    /** That code has come back. */
    public void left() {
        occupant.setRelease(null);
    }

    @Nullable
    Occupant occupant() {
        return occupant.getAcquire();
    }

    void beat() {
        beats.setRelease(beats.getPlain() + 1);
    }

    void turnStarted() {
        busy.setRelease(true);
        beat();
        turns.setRelease(turns.getPlain() + 1);
    }

    void turnEnded() {
        busy.setRelease(false);
    }

    /** Turns since the loop was started. */
    public long turns() {
        return turns.getAcquire();
    }

    /** The share of time in which the loop did not wait for sockets, over about the last ten seconds; from samples. */
    public double busyRatio() {
        return busyRatio;
    }

    /** The longest that one callback ever took, in nanoseconds, of those above {@link StallTracker#THRESHOLD}. */
    public long longestStallNanos() {
        return longestStallNanos;
    }

    /** How many callbacks took longer than {@link StallTracker#THRESHOLD}. */
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
