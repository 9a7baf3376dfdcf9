package dev.sluice.dist;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The screen of {@code sluice top}, made of two samples: the state of the daemon, then a table of connections. No line
 * is wider than the screen, and none has what could move the cursor. Pure.
 *
 * @param address the admin interface, as people write it
 * @param before the earlier sample, for rates; null = there is none
 * @param now the later sample
 * @param time the time of the later sample, by the clock of the one who looks
 */
record TopFrame(String address, @Nullable TopSample before, TopSample now, Instant time) {
    /** The effects of the keys. */
    static final List<String> HELP = List.of(
            "  s            sort by the next field: " + String.join(", ", TopKeys.SORTS),
            "  /            show only connections that meet a condition; an empty one shows all",
            "  k            close a connection by its number; asks first",
            "  p            pause, and go on",
            "  space        look again now",
            "  up, down, page up, page down, home   move through the table",
            "  ?            this help",
            "  q, Ctrl-C    quit");

    private static final Duration SOON = Duration.ofDays(14);

    /** {@return the lines about the daemon} */
    List<TopLine> header(int width) {
        TopRates rates = new TopRates(before, now);
        List<TopLine> lines = new ArrayList<>();
        lines.add(TopLine
                .plain("sluice " + (ready() ? now.text("state") : now.text("state").replace("ready", "NOT READY"))
                        + " at " + TerminalText.line(address) + ", up "
                        + ConnectionsCommand.time(now.number("uptime_ms"))));
        long alive = now.number("generation", "alive");
        lines.add(TopLine.plain("generation " + now.text("generation", "number") + " since "
                + seconds(now.text("generation", "since")) + " by " + now.text("generation", "by")
                + (alive > 1 ? ", " + alive + " alive" : "")));
        lines.add(TopLine.plain("connections " + now.text("connections_active") + " of " + now.text("connections_max")
                + "   new " + count(rates.perSecond(listener -> TopSample.numberOf(listener.get("accepted"))))
                + "   failed " + count(rates.perSecond(listener -> TopSample.numberOf(listener.get("failed"))))));
        lines.add(TopLine.plain("bytes up " + bytes(rates.perSecond(listener -> bytes(listener, "client-to-upstream")))
                + "   down " + bytes(rates.perSecond(listener -> bytes(listener, "upstream-to-client")))
                + "   waiting for buffers " + now.text("memory", "pool", "waiting_now")
                + "   pipes " + ConnectionsCommand.size(now.number("memory", "pipes", "reserved"))));
        lines.add(TopLine.plain("buffers " + now.text("memory", "pool", "buffers_borrowed") + " lent, peak "
                + now.text("memory", "pool", "buffers_borrowed_peak") + "   pool "
                + share("pool", "borrowed") + "   stash " + share("stash", "used")));
        certificate(lines);
        warnings(lines);
        return lines.stream().map(line -> new TopLine(TextWidth.cut(line.text(), width), line.style())).toList();
    }

    private static long bytes(Map<String, @Nullable Object> listener, String direction) {
        return listener.get("bytes") instanceof Map<?, ?> bytes ? TopSample.numberOf(bytes.get(direction)) : 0;
    }

    private String share(String memory, String used) {
        return ConnectionsCommand.size(now.number("memory", memory, used)) + " of "
                + ConnectionsCommand.size(now.number("memory", memory, "limit"));
    }

    private static String count(OptionalDouble rate) {
        return rate.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f/s", rate.getAsDouble());
    }

    private static String bytes(OptionalDouble rate) {
        return rate.isEmpty() ? "-" : ConnectionsCommand.size(Math.round(rate.getAsDouble())) + "/s";
    }

    /** A time of the daemon without its fraction of a second. */
    private static String seconds(String time) {
        return time.replaceFirst("\\.[0-9]+Z$", "Z");
    }

    /** The certificate that expires first, a warning if that is soon. */
    private void certificate(List<TopLine> lines) {
        if (now.objects("certificates").isEmpty()) {
            return;
        }
        Map<String, @Nullable Object> first = now.objects("certificates").getFirst();
        String text = "certificate " + TopSample.textOf(first.get("name")) + " of listener "
                + TopSample.textOf(first.get("listener"));
        try {
            Duration left = Duration.between(time, Instant.parse(String.valueOf(first.get("not_after"))));
            String when = left.isNegative()
                    ? "expired " + ConnectionsCommand.time(left.negated().toMillis()) + " ago"
                    : "expires in " + ConnectionsCommand.time(left.toMillis());
            lines.add(left.compareTo(SOON) < 0
                    ? TopLine.warning("! " + text + " " + when)
                    : TopLine.plain(text + " " + when));
        } catch (DateTimeException e) {
            lines.add(TopLine.plain(text + " expires " + TopSample.textOf(first.get("not_after"))));
        }
    }

    private void warnings(List<TopLine> lines) {
        if (now.overview().get("reasons") instanceof List<?> reasons) {
            reasons.forEach(reason -> lines.add(TopLine.warning("! not ready: " + TopSample.textOf(reason))));
        }
        if (now.text("last_reload", "result").equals("refused")) {
            lines.add(TopLine.warning("! reload refused at " + seconds(now.text("last_reload", "time")) + ": "
                    + now.text("last_reload", "text")));
        }
        for (Map<String, @Nullable Object> cluster : now.objects("clusters")) {
            List<Map<String, @Nullable Object>> endpoints = JsonText.objects(cluster.get("endpoints"));
            long queued = TopSample.numberOf(cluster.get("queued"));
            String state = some(endpoints, "drained", endpoint -> "drained".equals(endpoint.get("state")))
                    + some(endpoints, "down",
                            endpoint -> Boolean.FALSE.equals(endpoint.get("up"))
                                    && !"drained".equals(endpoint.get("state")))
                    + (Boolean.TRUE.equals(cluster.get("panic")) ? ", in panic" : "")
                    + (queued == 0 ? "" : ", " + queued + " queued");
            if (!state.isEmpty()) {
                lines.add(TopLine.warning("! cluster " + TopSample.textOf(cluster.get("name")) + ": "
                        + state.substring(2)));
            }
        }
    }

    private boolean ready() {
        return !(now.overview().get("reasons") instanceof List<?> reasons) || reasons.isEmpty();
    }

    /** How many endpoints are in a state, and the first of them with what is known of it. */
    private static String some(List<Map<String, @Nullable Object>> endpoints, String word,
            Predicate<Map<String, @Nullable Object>> in) {
        List<Map<String, @Nullable Object>> those = endpoints.stream().filter(in).toList();
        if (those.isEmpty()) {
            return "";
        }
        String detail = TopSample.textOf(those.getFirst().get("detail"));
        return ", " + those.size() + " of " + endpoints.size() + " endpoints " + word + " ("
                + TopSample.textOf(those.getFirst().get("address")) + (detail.equals("-") ? "" : ": " + detail)
                + (those.size() > 1 ? ", …)" : ")");
    }

    /**
     * {@return the titles, and a line for each connection}
     *
     * @param rows the most lines, with that of the titles
     * @param offset the connections left out at the start
     * @param sort the field that they are sorted by; its column is marked
     */
    List<TopLine> table(int width, int rows, int offset, String sort) {
        TopRates rates = new TopRates(before, now);
        List<List<String>> cells = now.connections().stream().skip(offset).limit(Math.max(0, rows - 1))
                .map(connection -> List.of(TopSample.textOf(connection.get("id")),
                        TopSample.textOf(connection.get("listener")), TopSample.textOf(connection.get("client")),
                        TopSample.textOf(connection.get("endpoint")), age(connection, "age_ms"),
                        age(connection, "idle_ms"), rate(rates.bytes(connection)),
                        size(TopSample.numberOf(connection.get("buffer_bytes_owned")))))
                .toList();
        return TopTable.lines(cells, width, sort);
    }

    private static String age(Map<String, @Nullable Object> connection, String name) {
        return ConnectionsCommand.time(TopSample.numberOf(connection.get(name))).replace(" ", "");
    }

    private static String rate(OptionalDouble rate) {
        return rate.isEmpty() ? "-" : size(Math.round(rate.getAsDouble()));
    }

    /** Short: {@code 512}, {@code 1.5K}, {@code 10.0M}. */
    private static String size(long bytes) {
        return ConnectionsCommand.size(bytes).replace("iB", "");
    }
}
