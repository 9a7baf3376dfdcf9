package dev.sluice.dist;

import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The command {@code sluice conns}. */
final class ConnectionsCommand {
    /** The word that closes connections instead of listing them. */
    static final String CLOSE = "close";
    /** The most connections of one answer. */
    static final int PAGE = 1_000;

    private static final int WRONG = 400;
    private static final Duration REQUEST = Duration.ofSeconds(15);
    private static final List<String> TITLES = List.of("ID", "GEN", "LISTENER", "CLIENT", "PEER", "ENDPOINT", "STATE",
            "AGE", "IDLE", "UP", "DOWN", "OWNED");
    /** The column of the other end of the socket, which is left out where each is the client itself. */
    private static final int PEER = TITLES.indexOf("PEER");

    private final AdminClient client;
    private final PrintStream out;
    private final Messages messages;

    ConnectionsCommand(AdminClient client, PrintStream out, Messages messages) {
        this.client = client;
        this.out = out;
        this.messages = messages;
    }

    /**
     * Lists connections.
     *
     * @param limit the most that are listed
     * @param where the condition that they meet; null = all
     * @param sort the field by which the greatest come first; null = the oldest come first
     * @param json whether each is printed as a line of JSON
     * @return the exit code
     */
    int list(int limit, @Nullable String where, @Nullable String sort, boolean json) throws NoAnswerException {
        List<List<String>> rows = new ArrayList<>(List.of(TITLES));
        String chosen = (where == null ? "" : "&where=" + encoded(where))
                + (sort == null ? "" : "&sort=" + encoded(sort));
        String after = "0";
        boolean more = true;
        int listed = 0;
        while (more && listed < limit) {
            String page = "/connections?limit=" + Math.min(PAGE, limit - listed)
                    + (sort == null ? "&after=" + after : "") + chosen;
            AdminAnswer answer = client.ask("GET", page, REQUEST);
            if (answer.status() != 200) {
                return failed(answer);
            }
            Object next = answer.members().get("next");
            more = next != null;
            after = String.valueOf(next);
            for (Map<String, @Nullable Object> connection : answer.objects("connections")) {
                listed++;
                if (json) {
                    out.println(TerminalText.line(JsonText.line(connection)));
                } else {
                    rows.add(row(connection));
                }
            }
        }
        if (!json) {
            (listed == 0 ? List.of("no connections") : TextTable.lines("", shown(rows))).forEach(out::println);
        }
        if (more) {
            messages.error("sluice: there are more than the " + listed + " listed; --limit N lists more");
        }
        return ExitCode.CLEAN;
    }

    /**
     * Closes connections.
     *
     * @param where the condition that they meet
     * @param dryRun whether they are only counted
     * @return the exit code
     */
    int close(String where, boolean dryRun) throws NoAnswerException {
        AdminAnswer answer = client.ask("POST",
                "/connections/close?where=" + encoded(where) + (dryRun ? "&dry-run" : ""), REQUEST);
        if (answer.status() != 200) {
            return failed(answer);
        }
        String text = answer.text("text");
        out.println(text == null ? answer.body() : TerminalText.lines(text).stripTrailing());
        return ExitCode.CLEAN;
    }

    private int failed(AdminAnswer answer) {
        messages.error("sluice: " + TerminalText.lines(answer.failure()));
        return answer.status() == WRONG ? ExitCode.USAGE : ExitCode.FATAL;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static List<List<String>> shown(List<List<String>> rows) {
        return rows.stream().skip(1).anyMatch(row -> !row.get(PEER).equals("-"))
                ? rows
                : rows.stream().map(ConnectionsCommand::withoutPeer).toList();
    }

    private static List<String> withoutPeer(List<String> row) {
        List<String> others = new ArrayList<>(row);
        others.remove(PEER);
        return others;
    }

    private static String peer(Map<String, @Nullable Object> connection) {
        String peer = text(connection, "peer");
        return peer.equals(text(connection, "client")) ? "-" : peer;
    }

    private static List<String> row(Map<String, @Nullable Object> connection) {
        return List.of(text(connection, "id"), text(connection, "generation"), text(connection, "listener"),
                text(connection, "client"), peer(connection), text(connection, "endpoint"), text(connection, "state"),
                time(connection, "age_ms"), time(connection, "idle_ms"), size(connection, "bytes_up"),
                size(connection, "bytes_down"), size(connection, "buffer_bytes_owned"));
    }

    private static String text(Map<String, @Nullable Object> connection, String name) {
        Object value = connection.get(name);
        return value == null ? "-" : TerminalText.line(value.toString());
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : -1;
    }

    private static String time(Map<String, @Nullable Object> connection, String name) {
        long millis = number(connection.get(name));
        return millis < 0 ? "-" : time(millis);
    }

    /** Two units at most: {@code 250ms}, {@code 12s}, {@code 5m 3s}, {@code 2h 5m}, {@code 6d 2h}. */
    static String time(long millis) {
        Duration time = Duration.ofMillis(millis);
        if (time.toSeconds() == 0) {
            return millis + "ms";
        }
        if (time.toMinutes() == 0) {
            return time.toSeconds() + "s";
        }
        if (time.toHours() == 0) {
            return time.toMinutes() + "m " + time.toSecondsPart() + "s";
        }
        return time.toDays() == 0
                ? time.toHours() + "h " + time.toMinutesPart() + "m"
                : time.toDays() + "d " + time.toHoursPart() + "h";
    }

    private static String size(Map<String, @Nullable Object> connection, String name) {
        long bytes = number(connection.get(name));
        return bytes < 0 ? "-" : size(bytes);
    }

    /** With one decimal: {@code 512}, {@code 1.5KiB}, {@code 10.0MiB}. */
    static String size(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1024 && unit < 4) {
            amount /= 1024;
            unit++;
        }
        return unit == 0
                ? Long.toString(bytes)
                : String.format(Locale.ROOT, "%.1f%s", amount, List.of("KiB", "MiB", "GiB", "TiB").get(unit - 1));
    }
}
