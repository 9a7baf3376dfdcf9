package dev.sluice.runtime;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A type of filter that a configuration may name.
 *
 * @param type the name of the type
 * @param version the version of its plugin or module; null if that has none
 * @param from {@code built-in}, {@code added by the program}, {@code class path}, {@code module path}, or the path of a
 *     plugin
 * @param description empty = none
 * @param keys the keys of its configuration
 */
public record FilterType(String type, @Nullable String version, String from, String description, List<FilterKey> keys) {
    /** Copies the list. */
    public FilterType {
        keys = List.copyOf(keys);
    }
}
