package dev.sluice.runtime.memory;

import org.jspecify.annotations.Nullable;

/** Something that waits for memory; the links of its queue are its own, so that waiting allocates nothing. */
public abstract class Waiter {
    @Nullable
    Waiter previous;
    @Nullable
    Waiter next;
    /** Which queue this is in, the place of its {@link Urgency}, or {@link #NOT_QUEUED}. A byte, because every connection has two of them. */
    byte queue = NOT_QUEUED;

    static final byte NOT_QUEUED = -1;

    protected Waiter() {}

    /** Priority of a waiter. */
    public enum Urgency {
        /** The connection is on its way out, and its end will free what it holds. */
        FINISH,
        /** The connection has moved bytes before. */
        CONTINUE,
        /** The connection has not read anything yet. */
        START
    }

    /** Whether this is in a queue. */
    public final boolean waitingForMemory() {
        return queue != NOT_QUEUED;
    }

    /** There may be room now; no longer queued. Called on the loop thread, outside of any other callback. */
    protected abstract void onMemoryAvailable();
}
