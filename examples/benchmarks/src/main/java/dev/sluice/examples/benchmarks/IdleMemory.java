package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Memory of connections on which nothing happens: growth of resident memory over their number, after each has echoed one message and
 * fallen silent. Of a JVM also the bytes of its live heap, if there is a JDK to ask with: after the last step, because asking collects.
 */
final class IdleMemory {
    static final String RESIDENT = "resident_growth_bytes";
    private static final int WARM_CONNECTIONS = 50;
    private static final String HEAP = "live_heap_growth_bytes";

    private final Report report;
    private final List<Peer.Kind> kinds;
    private final Pace pace;
    private final int message;
    private final @Nullable Path jdk;
    private final Turns turns = new Turns("connections", RESIDENT, HEAP);

    /**
     * Measures nothing yet.
     *
     * @param message bytes that each connection has echoed
     * @param jdk null = the live heap is not asked for
     */
    IdleMemory(Report report, List<Peer.Kind> kinds, Pace pace, int message, @Nullable Path jdk) {
        this.report = report;
        this.kinds = kinds;
        this.pace = pace;
        this.message = message;
        this.jdk = jdk;
    }

    /** @param steps numbers of connections, each larger than the one before */
    void run(List<Integer> steps) throws IOException {
        report.section("Memory of an idle connection", String.format(Locale.ROOT,
                "Growth of resident memory (RSS) after connections were opened, each echoed %,d bytes and fell silent; from a process "
                        + "that had served 50 connections at a time for %.1f s, one message each, and then many. Rounds, each with processes of its own: %d; medians.",
                message, pace.warmMillis() / 1e3, pace.rounds()));
        try (EchoServer echo = new EchoServer()) {
            for (int round = 1; round <= pace.rounds(); round++) {
                for (Peer.Kind kind : Turns.order(kinds, round)) {
                    try (Peer peer = kind.before(echo.port()).start()) {
                        measure(peer, round, steps);
                    }
                }
            }
        }
        String last = load(steps.getLast());
        List<String> peers = turns.peers(last);
        List<String> titles = new ArrayList<>(List.of("RSS bytes per connection"));
        steps.forEach(step -> titles.add(load(step)));
        titles.add("live heap bytes");
        Table table = new Table(titles.toArray(String[]::new));
        Map<String, List<Plot.Point>> lines = new LinkedHashMap<>();
        for (String peer : peers) {
            List<String> cells = new ArrayList<>(List.of(peer));
            List<Plot.Point> line = new ArrayList<>();
            for (int step : steps) {
                double bytes = turns.median(load(step), peer, RESIDENT);
                cells.add(Table.figure(bytes / step, 0));
                line.add(new Plot.Point(step, bytes / (1 << 20)));
            }
            cells.add(Table.figure(turns.median(last, peer, HEAP) / steps.getLast(), 0));
            table.row(cells.toArray(String[]::new));
            lines.put(peer, line);
        }
        report.table(table);
        report.compare("idle", turns, new Comparison.Figure(RESIDENT, "RSS growth, MiB", 1 << 20, 2),
                new Comparison.Figure(HEAP, "live heap, KiB", 1 << 10, 0));
        report.turns("idle", turns);
        report.plot(
                Plot.lines("idle-memory", "Resident memory of idle connections", "connections", "MiB above the start",
                        lines));
        report.end();
    }

    private static String load(int connections) {
        return String.format(Locale.ROOT, "%,d", connections).replace(',', ' ');
    }

    private void measure(Peer peer, int round, List<Integer> steps) throws IOException {
        // Classes that the first connections load, and code that they compile, are not the price of a connection: nor are those of accepting
        // and closing.
        try (Callers warm = new Callers(peer.port(), WARM_CONNECTIONS, message)) {
            warm.run(pace.warmMillis() / 2);
        }
        try (PingPong warm = new PingPong(peer.port(), WARM_CONNECTIONS, message)) {
            warm.run(pace.warmMillis() / 2);
            warm.finish();
        }
        long before = peer.residentBytes();
        long[] resident = new long[steps.size()];
        double heap = 0;
        List<PingPong> crowds = new ArrayList<>();
        try {
            int open = 0;
            for (int i = 0; i < resident.length; i++) {
                PingPong crowd = new PingPong(peer.port(), steps.get(i) - open, message);
                crowds.add(crowd);
                crowd.finish();
                open = steps.get(i);
                resident[i] = peer.residentBytes() - before;
            }
            heap = liveHeap(peer);
        } finally {
            for (PingPong crowd : crowds) {
                crowd.close();
            }
        }
        // Connections that have just been closed are gone from the heap when the proxy has heard of it.
        try (PingPong after = new PingPong(peer.port(), WARM_CONNECTIONS, message)) {
            after.finish();
        }
        heap -= liveHeap(peer);
        for (int i = 0; i < resident.length; i++) {
            turns.add(load(steps.get(i)), peer.name(), round, steps.get(i), (double) resident[i],
                    i == resident.length - 1 ? heap : Double.NaN);
        }
    }

    /** Bytes of reachable objects; NaN if the peer is no JVM or no JDK is there. */
    private double liveHeap(Peer peer) throws IOException {
        if (jdk == null || !Files.readString(Path.of("/proc/" + peer.pid() + "/maps")).contains("libjvm.so")) {
            return Double.NaN;
        }
        Process process = new ProcessBuilder(jdk.resolve("bin/jcmd").toString(), Long.toString(peer.pid()),
                "GC.class_histogram").redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // The last line: Total, objects, bytes.
        String total = said.lines().filter(line -> line.startsWith("Total")).findFirst()
                .orElseThrow(() -> new IOException("jcmd gave no histogram of " + peer.name() + ": " + said));
        return Double.parseDouble(total.strip().split("\\s+", -1)[2]);
    }
}
