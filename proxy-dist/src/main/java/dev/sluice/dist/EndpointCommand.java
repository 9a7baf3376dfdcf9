package dev.sluice.dist;

import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** The command {@code sluice endpoint}. */
final class EndpointCommand {
    /** The word that keeps new connections from an endpoint. */
    static final String DRAIN = "drain";
    /** The word that ends this. */
    static final String UP = "up";

    private static final int WRONG = 400;
    private static final Duration REQUEST = Duration.ofSeconds(15);

    private final AdminClient client;
    private final PrintStream out;
    private final Messages messages;

    EndpointCommand(AdminClient client, PrintStream out, Messages messages) {
        this.client = client;
        this.out = out;
        this.messages = messages;
    }

    /**
     * Gives the command.
     *
     * @param address as the configuration writes it
     * @param action {@link #DRAIN} or {@link #UP}
     * @param over the time for open connections, as it was written; null = they stay
     * @return the exit code
     */
    int run(String cluster, String address, String action, @Nullable String over) throws NoAnswerException {
        String path = "/clusters/" + segment(cluster) + "/endpoints/" + segment(address) + "/" + action;
        AdminAnswer answer = client.ask("POST", over == null ? path : path + "?over=" + segment(over), REQUEST);
        if (answer.status() < 300) {
            String text = answer.text("text");
            out.println(text == null ? answer.body() : TerminalText.lines(text).stripTrailing());
            return ExitCode.CLEAN;
        }
        messages.error("sluice: " + TerminalText.lines(answer.failure()));
        return answer.status() == WRONG ? ExitCode.USAGE : ExitCode.FATAL;
    }

    /** The text as one segment of a path, in which a plus sign would be no blank. */
    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
