package dev.sluice.runtime.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A request whose path is known: what stands in the path's gaps, and the parameters. One thread.
 *
 * @param segments the texts in the places of the gaps of the path
 * @param parameters by name; a parameter without a value has an empty one
 */
record AdminRequest(List<String> segments, Map<String, String> parameters) {
    /**
     * Reads the query of a target.
     *
     * @param query as it was sent; null = none
     * @param allowed the names of parameters
     */
    static AdminRequest of(List<String> segments, @Nullable String query, Set<String> allowed) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part : query == null || query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (!allowed.contains(name)) {
                throw new BadRequestException("unknown parameter \"" + name + "\"; allowed: "
                        + (allowed.isEmpty() ? "none" : String.join(", ", allowed)));
            }
            if (parameters.put(name, equals < 0 ? "" : decoded(name, part.substring(equals + 1))) != null) {
                throw new BadRequestException("parameter \"" + name + "\" is given twice");
            }
        }
        return new AdminRequest(segments, parameters);
    }

    private static String decoded(String name, String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(name + " is \"" + text + "\"; allowed: text in which %XX stands for a byte");
        }
    }

    /**
     * The number in the only gap of the path.
     *
     * @param what the name of the number, for messages
     */
    long number(String what) {
        return parse(what, segments.getFirst(), 1, Long.MAX_VALUE);
    }

    /** A parameter that is a number. */
    long number(String name, long absent, long min, long max) {
        String text = parameters.get(name);
        return text == null ? absent : parse(name, text, min, max);
    }

    /** A parameter that is on if it is there, unless its value is {@code false}. */
    boolean flag(String name) {
        String text = parameters.getOrDefault(name, "false");
        return switch (text) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw new BadRequestException(
                    name + " is \"" + text + "\"; allowed: true, false, or no value, which means true");
        };
    }

    /** A parameter that is a duration. */
    Duration duration(String name, Duration absent, Duration min, Duration max, DurationReader reader) {
        String text = parameters.get(name);
        try {
            return text == null ? absent : reader.read(text, min, max);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(name + ": " + e.getMessage());
        }
    }

    private static long parse(String what, String text, long min, long max) {
        long value;
        try {
            value = Long.parseLong(text);
        } catch (NumberFormatException e) {
            value = min - 1;
        }
        if (value < min || value > max || text.startsWith("+")) {
            String range = max == Long.MAX_VALUE ? "a number from " + min : "a number from " + min + " to " + max;
            throw new BadRequestException(what + " is \"" + text + "\"; allowed: " + range);
        }
        return value;
    }
}
