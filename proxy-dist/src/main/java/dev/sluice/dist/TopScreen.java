package dev.sluice.dist;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** The lines of a whole screen of {@code sluice top}: daemon, table or help, and the line for questions. Pure. */
final class TopScreen {
    /** Lines of the table that stay also on a low screen. */
    private static final int FEWEST_ROWS = 3;

    private TopScreen() {}

    /**
     * {@return as many lines as the screen has, or fewer}
     *
     * @param failure why the daemon does not answer; null = it does, and the frame is of now
     */
    static List<TopLine> lines(TopFrame frame, TopKeys keys, @Nullable String failure, int width, int height) {
        List<TopLine> lines = new ArrayList<>();
        if (failure != null) {
            lines.add(TopLine.warning(TextWidth.cut("! what follows is old: " + TerminalText.line(failure), width)));
        }
        lines.addAll(frame.header(width));
        int most = Math.max(1, height - FEWEST_ROWS - 2);
        if (lines.size() > most) {
            lines.subList(most, lines.size()).clear();
        }
        lines.add(keys.complaint().isEmpty()
                ? TopLine.plain(TextWidth.cut(about(keys), width))
                : TopLine.warning(TextWidth.cut("! " + keys.complaint(), width)));
        int rows = Math.max(1, height - lines.size() - 1);
        keys.page(rows - 1);
        if (keys.mode() == TopKeys.Mode.HELP) {
            TopFrame.HELP.stream().limit(rows).forEach(line -> lines.add(TopLine.plain(TextWidth.cut(line, width))));
        } else {
            lines.addAll(frame.table(width, rows, keys.offset(), keys.sort()));
        }
        while (lines.size() < height - 1) {
            lines.add(TopLine.plain(""));
        }
        lines.add(TopLine.plain(prompt(keys, width)));
        return lines;
    }

    /** Of a text that is typed the end is shown: that is where the next character comes. */
    private static String prompt(TopKeys keys, int width) {
        String prompt = keys.prompt();
        boolean typed = keys.mode() == TopKeys.Mode.FILTER || keys.mode() == TopKeys.Mode.NUMBER;
        while (typed && TextWidth.of(prompt) > width) {
            prompt = prompt.substring(prompt.offsetByCodePoints(0, 1));
        }
        return TextWidth.cut(prompt, width);
    }

    private static String about(TopKeys keys) {
        return (keys.paused() ? "PAUSED   " : "") + "sort " + keys.sort()
                + (keys.where().isEmpty() ? "" : "   where " + TerminalText.line(keys.where()))
                + (keys.offset() == 0 ? "" : "   from " + (keys.offset() + 1));
    }
}
