package dev.sluice.runtime.config;

import dev.sluice.runtime.yaml.Node;

/** Sizes from elsewhere, read as those of a configuration are. Pure; any thread. */
public final class Sizes {
    private Sizes() {}

    /**
     * The number of bytes that a text stands for.
     *
     * @param min the least that is allowed
     * @param max the most that is allowed
     * @throws IllegalArgumentException if it is none; the message has what is wrong, what is allowed, and what was
     *     probably meant
     */
    public static long read(String text, long min, long max) {
        return Durations.valid(
                Quantities.size(min, max).parse(new ScalarParser.Input(text, Node.Kind.TEXT, true)));
    }
}
