package dev.sluice.runtime.memory;

import org.jspecify.annotations.Nullable;

/** A waiter for memory. It holds the links of its queue itself, so that waiting allocates nothing. */
public abstract class Waiter {
    @Nullable
    Waiter previous;
    @Nullable
    Waiter next;
    /**
     * The queue that holds this waiter, an ordinal of {@link Urgency}, or {@link #NOT_QUEUED}. A byte, because every
     * connection has two of these.
     */
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

    /** Whether a queue holds this waiter. */
    public final boolean waitingForMemory() {
        return queue != NOT_QUEUED;
    }

    /**
     * Runs when there may be room; this waiter is no longer queued. Called on the loop thread, outside of any other
     * callback.
     */
    protected abstract void onMemoryAvailable();
}
