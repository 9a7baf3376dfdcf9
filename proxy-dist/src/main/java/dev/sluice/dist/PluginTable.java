package dev.sluice.dist;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.FilterKey;
import dev.sluice.runtime.FilterType;
import org.jspecify.annotations.Nullable;

/**
 * The output of {@code sluice plugins}: a table of the filter types, and below it, for each of them, a table of its
 * configuration keys. Columns are as wide as their widest cell, and separated by two blanks; lines have none at their
 * end.
 */
final class PluginTable {
    private static final String GAP = "  ";

    private PluginTable() {}

    /** {@return the lines} */
    static List<String> of(List<FilterType> filters) {
        if (filters.isEmpty()) {
            return List.of("no filters");
        }
        List<List<String>> types = new ArrayList<>(List.of(List.of("TYPE", "VERSION", "FROM", "DESCRIPTION")));
        filters.forEach(filter -> types
                .add(List.of(filter.type(), shown(filter.version()), filter.from(), filter.description())));
        List<String> lines = new ArrayList<>(columns("", types));
        for (FilterType filter : filters) {
            lines.add("");
            lines.add(filter.type() + (filter.keys().isEmpty() ? " has no keys" : ""));
            if (!filter.keys().isEmpty()) {
                List<List<String>> keys = new ArrayList<>(List.of(List.of("KEY", "TYPE", "DEFAULT", "DESCRIPTION")));
                filter.keys()
                        .forEach(key -> keys.add(List.of(key.path(), key.type(), whenAbsent(key), key.description())));
                lines.addAll(columns(GAP, keys));
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

    private static List<String> columns(String indent, List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length())).append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
