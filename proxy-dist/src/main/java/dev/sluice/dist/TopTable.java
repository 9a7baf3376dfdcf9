package dev.sluice.dist;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The table of {@code sluice top}: eight columns in a given width. Numbers keep their width; listener, client and
 * endpoint share what is left, and the widest of them is cut first.
 */
final class TopTable {
    private static final List<String> TITLES = List.of("ID", "LISTENER", "CLIENT", "ENDPOINT", "AGE", "IDLE", "RATE/S",
            "OWNED");
    /** The column of a field to sort by. */
    private static final Map<String, Integer> SORTED = Map.of("id", 0, "age", 4, "idle", 5, "bytes_owned", 7);
    private static final int FIRST_TEXT = 1;
    private static final int LAST_TEXT = 3;
    private static final int NARROWEST = 4;
    private static final String MARK = "*";

    private TopTable() {}

    static List<TopLine> lines(List<List<String>> cells, int width, String sort) {
        List<String> titles = new ArrayList<>(TITLES);
        Integer sorted = SORTED.get(sort);
        if (sorted != null) {
            titles.set(sorted, MARK + titles.get(sorted));
        }
        int[] widths = widths(titles, cells, width);
        List<TopLine> lines = new ArrayList<>();
        lines.add(new TopLine(TextWidth.left(line(titles, widths), width), TopLine.Style.TITLE));
        cells.forEach(row -> lines.add(TopLine.plain(TextWidth.cut(line(row, widths).stripTrailing(), width))));
        return lines;
    }

    private static int[] widths(List<String> titles, List<List<String>> cells, int width) {
        int[] widths = new int[titles.size()];
        int used = widths.length - 1;
        for (int i = 0; i < widths.length; i++) {
            widths[i] = TextWidth.of(titles.get(i));
            for (List<String> row : cells) {
                widths[i] = Math.max(widths[i], TextWidth.of(row.get(i)));
            }
            used += widths[i];
        }
        while (used > width) {
            int widest = FIRST_TEXT;
            for (int i = FIRST_TEXT; i <= LAST_TEXT; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= NARROWEST) {
                return widths;
            }
            widths[widest]--;
            used--;
        }
        return widths;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            boolean text = i >= FIRST_TEXT && i <= LAST_TEXT;
            line.append(i == 0 ? "" : " ")
                    .append(text ? TextWidth.left(row.get(i), widths[i]) : TextWidth.right(row.get(i), widths[i]));
        }
        return line.toString();
    }
}
