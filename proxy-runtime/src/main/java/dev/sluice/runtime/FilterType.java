package dev.sluice.runtime;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A filter type that a configuration may name.
 *
 * @param type the name
 * @param version the version of its provider; null if that declares none
 * @param from {@code built-in}, {@code added by the program}, {@code class path}, {@code module path}, or the path of a plugin
 * @param description empty = none
 * @param keys the keys of its configuration
 */
public record FilterType(String type, @Nullable String version, String from, String description, List<FilterKey> keys) {
    public FilterType {
        keys = List.copyOf(keys);
    }
}
