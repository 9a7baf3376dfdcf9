package dev.sluice.runtime.transport;

/** A descriptor that is held only to be let go when none other is left. Any thread. */
public interface Spare {
    /** Lets it go. Idempotent. */
    void close();
}
