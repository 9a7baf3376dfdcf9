package dev.sluice.dist;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/**
 * The command {@code sluice top}: looks at the daemon again and again, and shows what it says; or prints it once where
 * there is no terminal.
 */
final class TopCommand {
    private static final int OK = 200;
    private static final int WRONG = 400;
    private static final int NOT_FOUND = 404;
    /** The most connections of one answer, as the daemon has it. */
    private static final int MAX_PAGE = ConnectionsCommand.PAGE;
    /** The width of a frame that is printed. */
    private static final int PRINTED_WIDTH = 132;
    private static final int PRINTED_ROWS = 21;
    /** The longest time without a look at the size of the window. */
    private static final long LOOK_MILLIS = 200;
    private static final Duration REQUEST = Duration.ofSeconds(5);

    private final AdminClient client;
    private final String address;
    private final PrintStream out;
    private final Messages messages;
    private final TopOptions options;
    private final TopKeys keys;
    private @Nullable TopSample before;
    private @Nullable String failure;

    TopCommand(AdminClient client, String address, PrintStream out, Messages messages, TopOptions options) {
        this.client = client;
        this.address = address;
        this.out = out;
        this.messages = messages;
        this.options = options;
        keys = new TopKeys(options.where(), options.sort());
    }

    /** {@return whether there is a terminal that can be drawn on} */
    static boolean hasTerminal(Map<String, String> environment) {
        String type = environment.getOrDefault("TERM", "");
        Console console = type.isEmpty() || type.equals("dumb") ? null : System.console();
        return console != null && console.isTerminal();
    }

    /** Runs until it is told to end, and returns the exit code. */
    int run(boolean terminal) throws NoAnswerException {
        boolean once = options.once() || !terminal;
        // Before the screen is taken: what is wrong at the start is said where the shell's output is.
        AdminAnswer refused = refusal(client.ask("GET", page(1), REQUEST));
        if (refused != null) {
            messages.error("sluice: " + TerminalText.lines(refused.failure()));
            return refused.status() == WRONG ? ExitCode.USAGE : ExitCode.FATAL;
        }
        try {
            return once ? print() : show();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the main thread is never interrupted", e);
        }
    }

    private static @Nullable AdminAnswer refusal(AdminAnswer answer) {
        return answer.status() == OK ? null : answer;
    }

    private int print() throws NoAnswerException, InterruptedException {
        before = sample(PRINTED_ROWS);
        Thread.sleep(options.interval());
        TopFrame frame = frame(sample(PRINTED_ROWS));
        frame.header(PRINTED_WIDTH).forEach(line -> out.println(line.text()));
        out.println();
        frame.table(PRINTED_WIDTH, PRINTED_ROWS, 0, keys.sort())
                .forEach(line -> out.println(line.text().stripTrailing()));
        return ExitCode.CLEAN;
    }

    private TopFrame frame(TopSample now) {
        return new TopFrame(address, before, now, Instant.now());
    }

    private String page(int rows) {
        return "/connections?limit=" + Math.clamp(rows, 1, MAX_PAGE)
                + (keys.sort().equals("id") ? "" : "&sort=" + keys.sort())
                + (keys.where().isEmpty() ? "" : "&where=" + encoded(keys.where()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Asks the daemon; a condition that it does not understand is taken back. */
    private TopSample sample(int rows) throws NoAnswerException {
        AdminAnswer overview = answered(client.ask("GET", "/overview", REQUEST));
        AdminAnswer page = client.ask("GET", page(rows), REQUEST);
        if (page.status() == WRONG) {
            keys.refused(page.failure());
            page = client.ask("GET", page(rows), REQUEST);
        } else {
            keys.accepted();
        }
        return new TopSample(overview.members(), answered(page).objects("connections"));
    }

    private static AdminAnswer answered(AdminAnswer answer) throws NoAnswerException {
        if (answer.status() != OK) {
            throw new NoAnswerException(answer.failure());
        }
        return answer;
    }

    private int show() throws NoAnswerException, InterruptedException {
        TopFrame frame = frame(sample(MAX_PAGE));
        try (TopTerminal terminal = TopTerminal.open()) {
            long next = System.nanoTime() + options.interval().toNanos();
            terminal.resized();
            while (true) {
                terminal.draw(TopScreen.lines(frame, keys, failure, terminal.width(), terminal.height()));
                TopKeys.Effect effect = await(terminal, next, frame);
                if (effect == TopKeys.Effect.QUIT) {
                    return ExitCode.CLEAN;
                }
                if (effect == TopKeys.Effect.POLL) {
                    frame = polled(frame, keys.offset() + terminal.height());
                    next = System.nanoTime() + options.interval().toNanos();
                }
            }
        } catch (IOException e) {
            messages.error("sluice: top cannot use this terminal: " + TerminalText.line(String.valueOf(e.getMessage()))
                    + ". --once prints one frame.");
            return ExitCode.FATAL;
        }
    }

    /** Waits until there is something new to show, and returns what is asked for. */
    private TopKeys.Effect await(TopTerminal terminal, long next, TopFrame frame) throws IOException {
        while (true) {
            long left = (next - System.nanoTime()) / 1_000_000;
            if (left <= 0 && !keys.paused()) {
                return TopKeys.Effect.POLL;
            }
            OptionalInt key = terminal.key(keys.paused() ? LOOK_MILLIS : Math.min(left, LOOK_MILLIS));
            if (key.isPresent()) {
                return perform(keys.press(key.getAsInt()), frame);
            }
            if (terminal.resized()) {
                return keys.paused() ? TopKeys.Effect.NONE : TopKeys.Effect.POLL;
            }
        }
    }

    private TopKeys.Effect perform(TopKeys.Effect effect, TopFrame frame) {
        try {
            switch (effect) {
                case DESCRIBE -> describe(frame);
                case CLOSE -> close();
                default -> {
                    return effect;
                }
            }
        } catch (NoAnswerException e) {
            keys.cancel(String.valueOf(e.getMessage()));
        }
        return effect == TopKeys.Effect.CLOSE ? TopKeys.Effect.POLL : TopKeys.Effect.NONE;
    }

    /** The frame of now; the old one if there is no answer, with rates as they were. */
    private TopFrame polled(TopFrame old, int rows) {
        TopSample earlier = before;
        try {
            TopSample now = sample(rows);
            before = old.now();
            failure = null;
            return frame(now);
        } catch (NoAnswerException e) {
            before = earlier;
            failure = e.getMessage();
            return old;
        }
    }

    /** Asks about the connection that is to be closed, in words that say what it is. */
    private void describe(TopFrame frame) throws NoAnswerException {
        long id = keys.target();
        List<Map<String, @Nullable Object>> found = frame.now().connections().stream()
                .filter(connection -> TopSample.numberOf(connection.get("id")) == id).toList();
        if (found.isEmpty()) {
            found = answered(client.ask("GET", "/connections?limit=1&where=" + encoded("id=" + id), REQUEST))
                    .objects("connections");
        }
        if (found.isEmpty()) {
            keys.cancel("there is no connection " + id);
            return;
        }
        Map<String, @Nullable Object> connection = found.getFirst();
        keys.question("close " + id + " (y/n)? resets " + TopSample.textOf(connection.get("client")) + " to "
                + TopSample.textOf(connection.get("endpoint")) + ", bytes under way are lost");
    }

    private void close() throws NoAnswerException {
        AdminAnswer answer = client.ask("POST", "/connections/" + keys.target() + "/close", REQUEST);
        keys.say(answer.status() < 300
                ? "connection " + keys.target() + " was reset"
                : answer.status() == NOT_FOUND ? "connection " + keys.target() + " had ended" : answer.failure());
    }
}
