package dev.sluice.runtime.selection;

import java.time.Duration;

/** Readers of quantities in the form that the configuration has for them. Any thread. */
public interface Units {
    /**
     * The duration that a text stands for.
     *
     * @throws IllegalArgumentException if it is none; the message has what is wrong and what is allowed
     */
    Duration duration(String text);

    /** The number of bytes that a text stands for; as {@link #duration}. */
    long size(String text);
}
