package dev.sluice.runtime.loop;

import org.jspecify.annotations.Nullable;

/**
 * Something that has a deadline. The links of the wheel are its own, so that arming it allocates nothing. Owned by the thread of its
 * {@link TimerWheel}.
 */
public abstract class Timer {
    @Nullable
    Timer previous;
    @Nullable
    Timer next;
    /** In ticks of the wheel. */
    long dueTick;
    /** Which list of the wheel this is in, or {@link #NOT_ARMED}. */
    int slot = NOT_ARMED;

    static final int NOT_ARMED = -1;

    protected Timer() {}

    /** Whether the wheel holds this. */
    public final boolean armed() {
        return slot != NOT_ARMED;
    }

    /**
     * The deadline has passed; the timer is not armed any more and may be armed again here.
     *
     * @param now of this turn, in nanoseconds of the monotonic clock
     */
    protected abstract void onExpiry(long now);

    /** {@link #onExpiry} threw: give up what this timer stands for. */
    protected abstract void onExpiryFailed(Throwable failure);
}
