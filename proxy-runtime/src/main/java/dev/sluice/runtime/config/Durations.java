package dev.sluice.runtime.config;

import java.time.Duration;

import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.yaml.Node;

/** Durations from elsewhere, read as those of a configuration are. Pure; any thread. */
public final class Durations {
    private Durations() {}

    /**
     * The duration that a text stands for.
     *
     * @param min the shortest that is allowed
     * @param max the longest that is allowed
     * @throws IllegalArgumentException if it is none; the message has what is wrong, what is allowed, and what was
     *     probably meant
     */
    public static Duration read(String text, Duration min, Duration max) {
        return valid(Quantities.duration(min, max).parse(new ScalarParser.Input(text, Node.Kind.TEXT, true)));
    }

    /** The value of a good result; the exception about a bad one. */
    static <T> T valid(ScalarParser.Result<T> result) {
        if (result instanceof Bad<T> bad) {
            throw new IllegalArgumentException(bad.what() + "; allowed: " + bad.allowed()
                    + (bad.didYouMean() == null ? "" : "; did you mean '" + bad.didYouMean() + "'?"));
        }
        return ((Good<T>) result).value();
    }
}
