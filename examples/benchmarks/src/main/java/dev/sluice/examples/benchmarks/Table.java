package dev.sluice.examples.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table in Markdown whose columns are aligned in the text too: words to the left, figures to the right. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final int words;

    /** One column of words, the others of figures. */
    Table(String... titles) {
        this(1, List.of(titles));
    }

    private Table(int words, List<String> titles) {
        this.words = words;
        rows.add(titles);
    }

    /** Columns of words only. */
    static Table ofWords(String... titles) {
        return new Table(titles.length, List.of(titles));
    }

    /** One row, with a cell for each title. */
    void row(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + rows.getFirst());
        }
        rows.add(List.of(cells));
    }

    /** A figure with so many digits behind the point, or a dash for NaN. */
    static String figure(double value, int digits) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** The lines of the table. */
    List<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(Math.max(widths[i], 3), row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("|");
            for (int i = 0; i < columns; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(' ').append(i < words ? row.get(i) + padding : padding + row.get(i)).append(" |");
            }
            lines.add(line.toString());
        }
        StringBuilder rule = new StringBuilder("|");
        for (int i = 0; i < columns; i++) {
            rule.append(i < words ? ":" : "-").append("-".repeat(widths[i])).append(i < words ? "-|" : ":|");
        }
        lines.add(1, rule.toString());
        return lines;
    }
}
