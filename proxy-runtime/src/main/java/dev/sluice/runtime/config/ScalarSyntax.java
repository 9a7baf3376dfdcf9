package dev.sluice.runtime.config;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The syntax of a scalar's text, as far as a JSON Schema can express it. Never stricter than the parser it belongs to.
 * Patterns are regular expressions of ECMA-262, as JSON Schema requires, without anchors, for the whole text.
 */
sealed interface ScalarSyntax {
    /** Any text. */
    ScalarSyntax TEXT = new Text(null, true);
    /** {@code 250ms 3s 5m 1h}. */
    ScalarSyntax DURATION = new Text("(0|[1-9][0-9]{0,17})(ms|s|m|h)", false);
    /** {@code off}, or a duration. */
    ScalarSyntax DURATION_OR_OFF = new Text("off|(0|[1-9][0-9]{0,17})(ms|s|m|h)", false);
    /** {@code 512 64KiB 10MiB}. */
    ScalarSyntax SIZE = new Size();
    /** {@code 20/s 600/m 10MiB/s}. */
    ScalarSyntax RATE = new Text("[1-9][0-9]{0,17}(|KiB|MiB|GiB)/[smh]", false);
    /** {@code IP:port}, {@code [IPv6]:port} or {@code unix:/path}. */
    ScalarSyntax ADDRESS = new Text(
            "unix:/.+|\\[[0-9A-Fa-f:.]+\\]:[0-9]{1,5}|[0-9]{1,3}(\\.[0-9]{1,3}){3}:[0-9]{1,5}", false);
    /** {@code 192.0.2.1} or {@code 2001:db8::1}. */
    ScalarSyntax IP = new Text("[0-9A-Fa-f:.]+", false);
    /** {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address. */
    ScalarSyntax CIDR = new Text("[0-9A-Fa-f:.]+(/[0-9]{1,3})?", false);

    /** A number without a fraction, bounds included. */
    record Whole(long min, long max) implements ScalarSyntax {}

    /** A number. */
    record Decimal() implements ScalarSyntax {}

    /** {@code true} or {@code false}. */
    record Flag() implements ScalarSyntax {}

    /** One of some names. */
    record Choice(List<String> names) implements ScalarSyntax {}

    /** A number of bytes, or a text with a unit. */
    record Size() implements ScalarSyntax {}

    /**
     * A text.
     *
     * @param pattern null = any text
     * @param plain whether the text may look like a number or a truth value to YAML
     */
    record Text(@Nullable String pattern, boolean plain) implements ScalarSyntax {}
}
