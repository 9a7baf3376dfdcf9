package dev.sluice.runtime.config;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the text of a scalar may look like, as far as a JSON Schema can tell it. Never stricter than the parser it belongs to. Patterns are
 * regular expressions of ECMA-262, as JSON Schema asks, without anchors, for the whole text.
 */
sealed interface Form {
    /** Any text. */
    Form TEXT = new Text(null);
    /** {@code 250ms 3s 5m 1h}. */
    Form DURATION = new Text("(0|[1-9][0-9]{0,17})(ms|s|m|h)");
    /** {@code 512 64KiB 10MiB}. */
    Form SIZE = new Size();
    /** {@code 20/s 600/m 10MiB/s}. */
    Form RATE = new Text("[1-9][0-9]{0,17}(|KiB|MiB|GiB)/[smh]");
    /** {@code IP:port}, {@code [IPv6]:port} or {@code unix:/path}. */
    Form ADDRESS = new Text("unix:/.+|\\[[0-9A-Fa-f:.]+\\]:[0-9]{1,5}|[0-9]{1,3}(\\.[0-9]{1,3}){3}:[0-9]{1,5}");

    /** A number without a fraction, bounds included. */
    record Whole(long min, long max) implements Form {}

    /** A number. */
    record Decimal() implements Form {}

    /** {@code true} or {@code false}. */
    record Flag() implements Form {}

    /** One of these. */
    record Choice(List<String> names) implements Form {}

    /** A number of bytes, or a text with a unit. */
    record Size() implements Form {
        /** With a unit or, if a variable stands for it, without. */
        static final String PATTERN = "(0|[1-9][0-9]{0,17})(|KiB|MiB|GiB)";
    }

    /** Text; what YAML takes for a number or a truth value is text here. Null = any. */
    record Text(@Nullable String pattern) implements Form {}
}
