package dev.sluice.dist;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The command {@code sluice reload}. */
final class ReloadCommand {
    private static final int REFUSED = 422;
    private static final int RUNNING = 202;
    /** For one request: the daemon answers within 10 s whatever happens. */
    private static final Duration REQUEST = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final AdminClient client;
    private final PrintStream out;
    private final Messages messages;

    ReloadCommand(AdminClient client, PrintStream out, Messages messages) {
        this.client = client;
        this.out = out;
        this.messages = messages;
    }

    /**
     * Orders a reload, waits for its result and prints it.
     *
     * @param plan whether nothing is to be changed
     * @param json whether the answer is to be printed as it is
     * @param patience the time for all of it
     * @return the exit code
     */
    int run(boolean plan, boolean json, Duration patience) throws NoAnswerException {
        long deadline = System.nanoTime() + patience.toNanos();
        AdminAnswer answer = client.ask("POST", plan ? "/reload?plan" : "/reload", left(deadline));
        boolean waited = answer.status() == RUNNING;
        while (answer.status() == RUNNING) {
            if (deadline - System.nanoTime() <= PAUSE.toNanos()) {
                messages.error("sluice: the reload still goes on after " + patience.toSeconds()
                        + " s; GET /reload of the admin interface shows its result, or wait longer with --timeout");
                return ExitCode.FATAL;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            answer = client.ask("GET", "/reload", left(deadline));
        }
        // Asked for later, the result of a refused reload is a good answer to the question.
        boolean refused = answer.status() == REFUSED || (waited && "refused".equals(answer.text("result")));
        boolean done = answer.status() == 200 && !refused;
        if (json) {
            out.println(TerminalText.line(answer.body()));
        } else if (done) {
            String text = answer.text("text");
            out.println(text == null ? answer.text("result") : TerminalText.lines(text).stripTrailing());
        } else if (refused) {
            refusal(answer);
        }
        if (!done && !refused) {
            messages.error("sluice: " + TerminalText.lines(answer.failure()));
        }
        return done ? ExitCode.CLEAN : refused ? ExitCode.CONFIGURATION : ExitCode.FATAL;
    }

    private static Duration left(long deadline) {
        long left = Math.max(Duration.ofMillis(1).toNanos(), deadline - System.nanoTime());
        return Duration.ofNanos(Math.min(left, REQUEST.toNanos()));
    }

    /** Prints the problems as {@code sluice check} does. */
    private void refusal(AdminAnswer answer) {
        List<Map<String, @Nullable Object>> problems = answer.objects("problems");
        if (problems.isEmpty()) {
            messages.error("sluice: " + TerminalText.lines(answer.failure()));
            return;
        }
        for (Map<String, @Nullable Object> problem : problems) {
            messages.error(TerminalText.lines(String.valueOf(problem.getOrDefault("text", problem.get("what")))));
        }
        Stream<@Nullable Object> sources = problems.stream().map(problem -> problem.get("source"));
        List<Object> files = sources.filter(Objects::nonNull).distinct().toList();
        messages.error(Messages.count(problems.size(), "problem")
                + (files.size() == 1 ? " in " + TerminalText.line(String.valueOf(files.getFirst())) : "")
                + "; nothing was changed");
    }
}
