package dev.sluice.runtime.loop;

/** Something that is called on an event loop and may hog it. */
public interface Occupant {
    /** Who this is, for the log: {@code filter 'audit' of listener edge, in onData}. Any thread. */
    String describe();

    /**
     * The loop has been in this for longer than {@link StallTracker#THRESHOLD}. Called once for each time, on the watchdog's thread.
     *
     * @param now in nanoseconds of the monotonic clock
     */
    void hogged(long now);
}
