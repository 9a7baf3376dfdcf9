package dev.sluice.dist;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.FilterKey;
import dev.sluice.runtime.FilterType;
import org.jspecify.annotations.Nullable;

/**
 * The output of {@code sluice plugins}: a table of the filter types, and below it, for each of them, a table of its
 * configuration keys.
 */
final class PluginTable {
    private PluginTable() {}

    /** {@return the lines} */
    static List<String> of(List<FilterType> filters) {
        if (filters.isEmpty()) {
            return List.of("no filters");
        }
        List<List<String>> types = new ArrayList<>(List.of(List.of("TYPE", "VERSION", "FROM", "DESCRIPTION")));
        filters.forEach(filter -> types
                .add(List.of(filter.type(), shown(filter.version()), filter.from(), filter.description())));
        List<String> lines = new ArrayList<>(TextTable.lines("", types));
        for (FilterType filter : filters) {
            lines.add("");
            lines.add(filter.type() + (filter.keys().isEmpty() ? " has no keys" : ""));
            if (!filter.keys().isEmpty()) {
                List<List<String>> keys = new ArrayList<>(List.of(List.of("KEY", "TYPE", "DEFAULT", "DESCRIPTION")));
                filter.keys()
                        .forEach(key -> keys.add(List.of(key.path(), key.type(), whenAbsent(key), key.description())));
                lines.addAll(TextTable.lines(TextTable.GAP, keys));
            }
        }
        return lines;
    }

    private static String whenAbsent(FilterKey key) {
        return key.required() ? "(required)" : shown(key.defaultValue());
    }

    private static String shown(@Nullable String value) {
        return value == null ? "-" : value;
    }
}
