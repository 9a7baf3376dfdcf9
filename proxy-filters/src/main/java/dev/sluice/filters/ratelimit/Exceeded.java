package dev.sluice.filters.ratelimit;

/** What happens to a connection that comes too early. */
public enum Exceeded {
    /** It is closed with a reset. */
    REJECT,
    /** It waits for its turn, and is closed with a reset if that would take too long. */
    DELAY
}
