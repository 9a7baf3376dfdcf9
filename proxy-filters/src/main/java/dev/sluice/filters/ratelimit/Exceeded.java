package dev.sluice.filters.ratelimit;

/** The treatment of a connection above the rate. */
public enum Exceeded {
    /** A reset at once. */
    REJECT,
    /** A wait for its turn, or a reset if that would take too long. */
    DELAY
}
