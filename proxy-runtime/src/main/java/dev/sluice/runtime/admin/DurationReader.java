package dev.sluice.runtime.admin;

import java.time.Duration;

/** A reader of durations in the form that the configuration has for them. Any thread. */
@FunctionalInterface
public interface DurationReader {
    /**
     * The duration that a text stands for.
     *
     * @param min the shortest that is allowed
     * @param max the longest that is allowed
     * @throws IllegalArgumentException if it is none; the message has what is wrong and what is allowed
     */
    Duration read(String text, Duration min, Duration max);
}
