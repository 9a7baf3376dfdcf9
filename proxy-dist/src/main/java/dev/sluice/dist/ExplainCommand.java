package dev.sluice.dist;

import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;

/** The command {@code sluice explain}. */
final class ExplainCommand {
    private static final int WRONG = 400;
    private static final Duration REQUEST = Duration.ofSeconds(15);

    private final AdminClient client;
    private final PrintStream out;
    private final Messages messages;

    ExplainCommand(AdminClient client, PrintStream out, Messages messages) {
        this.client = client;
        this.out = out;
        this.messages = messages;
    }

    /**
     * Asks what a client would get.
     *
     * @param facts what is known of the client, by the names of the request's parameters
     * @param json whether the answer is printed as a line of JSON
     * @return the exit code
     */
    int run(Map<String, String> facts, boolean json) throws NoAnswerException {
        StringJoiner query = new StringJoiner("&", "/explain?", "");
        // A plus sign in a query would be no blank.
        facts.forEach((name, value) -> query
                .add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")));
        AdminAnswer answer = client.ask("GET", query.toString(), REQUEST);
        if (answer.status() != 200) {
            messages.error("sluice: " + TerminalText.lines(answer.failure()));
            return answer.status() == WRONG ? ExitCode.USAGE : ExitCode.FATAL;
        }
        String text = json ? null : answer.text("text");
        out.println(text == null ? TerminalText.line(answer.body().strip()) : TerminalText.lines(text).stripTrailing());
        return ExitCode.CLEAN;
    }
}
