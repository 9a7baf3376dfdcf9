package dev.sluice.dist;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The keyboard of {@code sluice top}: what is shown and what the line at the bottom asks, changed by one key after the
 * other. It knows no terminal and no daemon; what a key asks of them is its {@link Effect}.
 */
final class TopKeys {
    /** The fields to sort by, in the order of the key {@code s}. */
    static final List<String> SORTS = List.of("bytes_owned", "bytes", "bytes_up", "bytes_down", "idle", "age", "id");

    static final int ENTER = '\r';
    static final int ESCAPE = 27;
    static final int BACKSPACE = 127;
    static final int INTERRUPT = 3;
    static final int ERASE_LINE = 21;
    /** Keys that are no characters. */
    static final int UP = -10;
    static final int DOWN = -11;
    static final int PAGE_UP = -12;
    static final int PAGE_DOWN = -13;
    static final int HOME = -14;

    private static final int CONTROL_H = 8;
    private static final int LINE_FEED = '\n';
    private static final int MAX_INPUT = 500;
    private static final int MAX_DIGITS = 18;
    /** The last connection that a sorted page can have. */
    private static final int LAST = 900;

    /** Uses of the bottom line. */
    enum Mode {
        /** Keys are commands. */
        LIST,
        /** A condition is edited. */
        FILTER,
        /** The number of a connection is typed. */
        NUMBER,
        /** The question whether to close a connection. */
        CONFIRM,
        /** The keys are explained; any key ends it. */
        HELP
    }

    /** Effects of a key, beside another look of the screen. */
    enum Effect {
        NONE,
        QUIT,
        /** Look again, now. */
        POLL,
        /** Find out what {@link TopKeys#target} is, for the question. */
        DESCRIBE,
        /** Close {@link TopKeys#target}. */
        CLOSE
    }

    private final Map<Mode, IntFunction<Effect>> modes = Map.of(Mode.LIST, this::list, Mode.FILTER, this::filter,
            Mode.NUMBER, this::number, Mode.CONFIRM, this::confirm, Mode.HELP, key -> home());
    private Mode mode = Mode.LIST;
    private String where;
    private String acceptedWhere;
    private String sort;
    private String input = "";
    private String message = "";
    private String question = "";
    private boolean paused;
    private int offset;
    private int page = 1;
    private long target;

    TopKeys(String where, String sort) {
        this.where = where;
        this.sort = sort;
        acceptedWhere = where;
    }

    /** Takes a key: a code point, or one of the constants. */
    Effect press(int key) {
        if (key == INTERRUPT) {
            return Effect.QUIT;
        }
        message = "";
        return modes.getOrDefault(mode, other -> Effect.NONE).apply(key);
    }

    private Effect list(int key) {
        return switch (key) {
            case 'q', 'Q' -> Effect.QUIT;
            case 's' -> {
                sort = SORTS.get((SORTS.indexOf(sort) + 1) % SORTS.size());
                offset = 0;
                yield Effect.POLL;
            }
            case '/' -> ask(Mode.FILTER, where);
            case 'k' -> ask(Mode.NUMBER, "");
            case '?', 'h' -> ask(Mode.HELP, "");
            case 'p' -> {
                paused = !paused;
                yield paused ? Effect.NONE : Effect.POLL;
            }
            case ' ' -> Effect.POLL;
            case UP -> move(-1);
            case DOWN -> move(1);
            case PAGE_UP -> move(-page);
            case PAGE_DOWN -> move(page);
            case HOME -> move(-LAST);
            default -> Effect.NONE;
        };
    }

    private Effect move(int rows) {
        int before = offset;
        offset = Math.clamp((long) offset + rows, 0, LAST);
        return offset == before ? Effect.NONE : Effect.POLL;
    }

    private Effect ask(Mode next, String text) {
        mode = next;
        input = text;
        return Effect.NONE;
    }

    private Effect home() {
        return ask(Mode.LIST, "");
    }

    private Effect filter(int key) {
        if (key != ENTER && key != LINE_FEED) {
            return edit(key);
        }
        where = input.strip();
        offset = 0;
        home();
        return Effect.POLL;
    }

    private Effect number(int key) {
        if (key != ENTER && key != LINE_FEED) {
            return key >= 0x20 && key != BACKSPACE && (key < '0' || key > '9' || input.length() >= MAX_DIGITS)
                    ? Effect.NONE
                    : edit(key);
        }
        if (input.isEmpty()) {
            return home();
        }
        target = Long.parseLong(input);
        question = "";
        ask(Mode.CONFIRM, "");
        return Effect.DESCRIBE;
    }

    private Effect edit(int key) {
        switch (key) {
            case ESCAPE -> home();
            case BACKSPACE, CONTROL_H -> {
                if (!input.isEmpty()) {
                    input = input.substring(0, input.offsetByCodePoints(input.length(), -1));
                }
            }
            case ERASE_LINE -> input = "";
            default -> {
                if (key >= 0x20 && input.length() < MAX_INPUT) {
                    input += TerminalText.line(Character.toString(key));
                }
            }
        }
        return Effect.NONE;
    }

    private Effect confirm(int key) {
        home();
        if (key == 'y' || key == 'Y') {
            return Effect.CLOSE;
        }
        message = "nothing was closed";
        return Effect.NONE;
    }

    /** Shows a result until the next key. */
    void say(String text) {
        message = TerminalText.line(text);
    }

    /** Asks whether to close the target. */
    void question(String text) {
        question = TerminalText.line(text);
    }

    /** Takes a question back that cannot be asked, and says why. */
    void cancel(String why) {
        home();
        say(why);
    }

    /** The condition has been understood by the daemon. */
    void accepted() {
        acceptedWhere = where;
    }

    /** The daemon has refused the condition: the one before it is back, and the text can be corrected. */
    void refused(String why) {
        String wrong = where;
        where = acceptedWhere;
        if (mode == Mode.LIST) {
            ask(Mode.FILTER, wrong);
        }
        say(why);
    }

    /** The table has this many rows. */
    void page(int rows) {
        page = Math.max(1, rows);
    }

    Mode mode() {
        return mode;
    }

    String where() {
        return where;
    }

    String sort() {
        return sort;
    }

    boolean paused() {
        return paused;
    }

    int offset() {
        return offset;
    }

    /** {@return the connection that was named last} */
    long target() {
        return target;
    }

    /** {@return the bottom line} */
    String prompt() {
        return switch (mode) {
            case FILTER -> "where: " + input + "_";
            case NUMBER -> "close connection number: " + input + "_";
            case CONFIRM -> question;
            case HELP -> "any key: back";
            case LIST -> message.isEmpty() ? "s sort  / where  k close  p pause  ? help  q quit" : message;
        };
    }

    /** What is wrong with the condition that is typed; empty = nothing is known. */
    String complaint() {
        return mode == Mode.FILTER ? message : "";
    }
}
