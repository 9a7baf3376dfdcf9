package dev.sluice.api;

/**
 * A counter of a filter, shown in the metrics; see {@link FilterEnvironment#counter}. Any thread; cheap enough for
 * event loops.
 */
public interface Counter {
    /** Adds one. */
    default void increment() {
        add(1);
    }

    /**
     * Adds a number.
     *
     * @param count not negative
     * @throws IllegalArgumentException if it is negative
     */
    void add(long count);
}
