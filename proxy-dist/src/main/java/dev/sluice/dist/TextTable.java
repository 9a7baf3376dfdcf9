package dev.sluice.dist;

import java.util.ArrayList;
import java.util.List;

/** Tables for a terminal: columns are as wide as their widest cell, and separated by two blanks; lines have none at their end. */
final class TextTable {
    static final String GAP = "  ";

    private TextTable() {}

    /**
     * {@return the lines of a table}
     *
     * @param indent before each line
     * @param rows at least one, all of the same length
     */
    static List<String> lines(String indent, List<List<String>> rows) {
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
