package dev.sluice.runtime.loop;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Counters of one event loop, for metrics and for the {@link Watchdog}. Written by the loop thread with release stores, which cost no
 * fence; read by any thread.
 */
public final class LoopCounters {
    private final AtomicLong heartbeats = new AtomicLong();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicLong turns = new AtomicLong();
    private final AtomicReference<@Nullable CallbackOwner> owner = new AtomicReference<>();

    private final TurnTimes turnTimes;
    /** Begin of the turn under way; the loop's own. */
    private long turnBegan;

    /** @param now in nanoseconds of the monotonic clock */
    LoopCounters(long now) {
        turnTimes = new TurnTimes(now);
    }

    /** The number of callbacks, by which a turn with many of them is told from one that is stuck. */
    long heartbeats() {
        return heartbeats.getAcquire();
    }

    /** Whether the loop is doing something, rather than waiting for sockets. */
    boolean busy() {
        return busy.getAcquire();
    }

    /**
     * Notes that the loop calls code that may take too long, until {@link #left}. On the loop's thread; costs a store.
     *
     * @param callee the owner of that code
     */
    public void entered(CallbackOwner callee) {
        heartbeat();
        owner.setRelease(callee);
    }

    /** Notes that this code has returned. */
    public void left() {
        owner.setRelease(null);
    }

    /** The owner of the code that the loop is in; null for the proxy's own code. */
    @Nullable
    CallbackOwner owner() {
        return owner.getAcquire();
    }

    void heartbeat() {
        heartbeats.setRelease(heartbeats.getPlain() + 1);
    }

    /** @param now in nanoseconds of the monotonic clock */
    void turnStarted(long now) {
        turnBegan = now;
        busy.setRelease(true);
        heartbeat();
        turns.setRelease(turns.getPlain() + 1);
    }

    /** @param now in nanoseconds of the monotonic clock */
    void turnEnded(long now) {
        turnTimes.turned(turnBegan, now);
        busy.setRelease(false);
    }

    /** The longest turn lately. */
    public TurnTimes turnTimes() {
        return turnTimes;
    }

    /** Turns since the loop was started. */
    public long turns() {
        return turns.getAcquire();
    }
}
