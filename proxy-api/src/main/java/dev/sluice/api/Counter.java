package dev.sluice.api;

/** A number that a filter counts up; see {@link FilterEnvironment#counter}. Thread-safe and cheap, on event loops too. */
public interface Counter {
    /** Adds one. */
    default void increment() {
        add(1);
    }

    /**
     * Adds a number.
     *
     * @throws IllegalArgumentException if it is negative
     */
    void add(long count);
}
