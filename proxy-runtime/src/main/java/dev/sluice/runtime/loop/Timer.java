package dev.sluice.runtime.loop;

import org.jspecify.annotations.Nullable;

/**
 * A deadline. It holds the links of the wheel itself, so that arming it allocates nothing. Owned by the thread of its
 * {@link TimerWheel}.
 */
public abstract class Timer {
    @Nullable
    Timer previous;
    @Nullable
    Timer next;
    /** The deadline in ticks of the wheel. */
    long dueTick;
    /** The slot of the wheel that holds this timer, or {@link #NOT_ARMED}. */
    int slot = NOT_ARMED;

    static final int NOT_ARMED = -1;

    protected Timer() {}

    /** Whether the wheel holds this timer. */
    public final boolean armed() {
        return slot != NOT_ARMED;
    }

    /**
     * Runs when the deadline has passed; the timer is no longer armed and may be armed again here.
     *
     * @param now of this turn, in nanoseconds of the monotonic clock
     */
    protected abstract void onExpiry(long now);

    /** Runs when {@link #onExpiry} threw: releases the connection or task that this timer guards. */
    protected abstract void onExpiryFailed(Throwable failure);
}
