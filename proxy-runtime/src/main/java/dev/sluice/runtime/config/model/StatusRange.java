package dev.sluice.runtime.config.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.api.config.ConfigException;

/**
 * A range of HTTP status codes, written {@code 200-399} or {@code 204}.
 *
 * @param from the lowest, 100 and more
 * @param to the highest, 599 and less
 */
public record StatusRange(int from, int to) {
    private static final Pattern FORM = Pattern.compile("([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?");

    /**
     * Parses a range.
     *
     * @throws ConfigException if the text is none
     */
    public static StatusRange parse(String text) {
        Matcher matcher = FORM.matcher(text);
        String allowed = "a status from 100 to 599, or a range of them, as in 200-399";
        if (!matcher.matches()) {
            throw new ConfigException(null, "'" + text + "' is not an HTTP status", allowed, null);
        }
        int from = Integer.parseInt(matcher.group(1));
        int to = matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2));
        if (to < from) {
            throw new ConfigException(null, "'" + text + "' is empty", allowed, to + "-" + from);
        }
        return new StatusRange(from, to);
    }

    /** Whether a status is in it. */
    public boolean contains(int status) {
        return status >= from && status <= to;
    }

    @Override
    public String toString() {
        return from == to ? Integer.toString(from) : from + "-" + to;
    }
}
