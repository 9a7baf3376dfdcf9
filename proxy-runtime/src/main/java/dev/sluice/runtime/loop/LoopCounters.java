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

    LoopCounters() {}

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

    void turnStarted() {
        busy.setRelease(true);
        heartbeat();
        turns.setRelease(turns.getPlain() + 1);
    }

    void turnEnded() {
        busy.setRelease(false);
    }

    /** Turns since the loop was started. */
    public long turns() {
        return turns.getAcquire();
    }
}
