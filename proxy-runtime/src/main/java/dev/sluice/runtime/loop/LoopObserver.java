package dev.sluice.runtime.loop;

import org.jspecify.annotations.Nullable;

/** An observer of what a {@link Watchdog} sees. Called on the watchdog's thread, which it must not keep for long. */
public interface LoopObserver {
    /**
     * The loops have been looked at; twenty times a second while one of them turns.
     *
     * @param now in nanoseconds of the monotonic clock
     */
    void onSample(long now);

    /**
     * A loop has not come back from a callback for longer than {@link Watchdog#THRESHOLD}. Once for each callback.
     *
     * @param owner the owner of the code that it is in; null for the proxy's own code
     * @param nanos since the callback began, as far as is known
     * @param stack of the loop's thread
     */
    void onStall(EventLoop loop, @Nullable CallbackOwner owner, long nanos, StackTraceElement[] stack);
}
