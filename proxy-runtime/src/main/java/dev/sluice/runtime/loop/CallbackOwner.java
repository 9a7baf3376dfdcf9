package dev.sluice.runtime.loop;

/** The owner of code that an event loop calls and that may take too long. */
public interface CallbackOwner {
    /** Its name and place, for the log: {@code filter 'audit' of listener edge}. Any thread. */
    String describe();

    /**
     * The loop has been in one of its callbacks for longer than {@link Watchdog#THRESHOLD}. Called once for each such callback, on the
     * watchdog's thread.
     *
     * @param now in nanoseconds of the monotonic clock
     */
    void onStall(long now);
}
