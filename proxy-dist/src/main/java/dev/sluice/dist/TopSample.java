package dev.sluice.dist;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The answers of a daemon at one time.
 *
 * @param overview the members of {@code GET /overview}
 * @param connections those of one page of {@code GET /connections}
 */
record TopSample(Map<String, @Nullable Object> overview, List<Map<String, @Nullable Object>> connections) {
    /** {@return the number at a path of names; 0 if there is none} */
    long number(String... path) {
        return numberOf(at(path));
    }

    /** {@return the text at a path of names, fit for a terminal; "-" if there is none} */
    String text(String... path) {
        return textOf(at(path));
    }

    List<Map<String, @Nullable Object>> objects(String name) {
        return JsonText.objects(overview.get(name));
    }

    private @Nullable Object at(String... path) {
        Object value = overview;
        for (String name : path) {
            value = value instanceof Map<?, ?> members ? members.get(name) : null;
        }
        return value;
    }

    /** {@return a value as a number; 0 if it is none} */
    static long numberOf(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /** {@return a value in one line that is fit for a terminal; "-" if there is none} */
    static String textOf(@Nullable Object value) {
        return value == null ? "-" : TerminalText.line(value.toString());
    }
}
