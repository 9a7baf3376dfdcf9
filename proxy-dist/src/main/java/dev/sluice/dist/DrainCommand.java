package dev.sluice.dist;

import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** The command {@code sluice drain}. */
final class DrainCommand {
    private static final int WRONG = 400;
    private static final Duration REQUEST = Duration.ofSeconds(15);

    private final AdminClient client;
    private final PrintStream out;
    private final Messages messages;

    DrainCommand(AdminClient client, PrintStream out, Messages messages) {
        this.client = client;
        this.out = out;
        this.messages = messages;
    }

    /** Drains the daemon, which then ends, and returns the exit code. */
    int all() throws NoAnswerException {
        return result(client.ask("POST", "/drain", REQUEST),
                "draining: accepts nothing new, at once or after its runtime.drainDelay, and stops when its"
                        + " connections have ended");
    }

    /**
     * Closes the connections of a generation.
     *
     * @param over the time as it was written; null = at once
     * @return the exit code
     */
    int generation(long number, @Nullable String over) throws NoAnswerException {
        String query = over == null ? "" : "?over=" + URLEncoder.encode(over, StandardCharsets.UTF_8);
        return result(client.ask("POST", "/generations/" + number + "/drain" + query, REQUEST),
                "generation " + number + ": its connections are reset"
                        + (over == null ? " now" : ", one after another, over " + over));
    }

    private int result(AdminAnswer answer, String done) {
        if (answer.status() < 300) {
            String text = answer.text("text");
            out.println(text == null ? done : TerminalText.lines(text).stripTrailing());
            return ExitCode.CLEAN;
        }
        messages.error("sluice: " + TerminalText.lines(answer.failure()));
        return answer.status() == WRONG ? ExitCode.USAGE : ExitCode.FATAL;
    }
}
