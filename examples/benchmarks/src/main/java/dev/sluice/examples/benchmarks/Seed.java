package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The experiment of the essay "Goroutines, Nonblocking I/O, And Memory Usage": very many connections, 5 % of them
 * active, and what the buffers take in proxies that hold one for each direction, and in those that borrow one while bytes move. The essay
 * predicts a factor of 20.
 *
 * <p>Each peer is started anew for each size of message, with an upstream and clients of its own, each a process with its own limit of
 * descriptors.
 */
final class Seed {
    /** One connection in so many is active. */
    static final int ACTIVE_OF = 20;

    /** Descriptors of a proxy beside two for each connection: listeners, libraries, its event loops. */
    private static final int OTHER_DESCRIPTORS = 200;

    private final Report report;
    private final List<SeedPeers.Start> peers;
    private final int connections;
    private final Pace pace;
    private final Turns turns = new Turns("resident_growth_bytes", "buffer_bytes", "factor", "messages_per_s",
            "cpu_us_per_message");

    /**
     * Measures nothing yet.
     *
     * @param peers the first of which is the one that the others are compared with
     */
    Seed(Report report, List<SeedPeers.Start> peers, int connections, Pace pace) {
        this.report = report;
        this.peers = peers;
        this.connections = connections;
        this.pace = pace;
    }

    /** One peer under one size of message; memory in bytes. */
    private record Measured(String name, long resident, long buffers, boolean reported, double perSecond,
            double cpuMicros) {
        boolean isCurrent() {
            return name.startsWith("sluice") && !name.equals(Sluice.BASELINE);
        }
    }

    /** As many connections as are wanted, or as the limit of descriptors allows; a warning says so. */
    static int possible(int wanted) throws IOException {
        int possible = (openFiles() - OTHER_DESCRIPTORS) / 2;
        if (possible < wanted) {
            System.err.println("Only " + possible + " connections instead of " + wanted
                    + ": a proxy needs two descriptors for each, and the limit (ulimit -n) is " + openFiles() + ".");
        }
        return Math.min(wanted, possible);
    }

    /** The limit that a process started from here has, or can raise its own to. */
    private static int openFiles() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(limit -> limit.startsWith("Max open files")).findFirst().orElseThrow();
        String hard = line.split("\\s+", -1)[4];
        return hard.equals("unlimited") ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(hard));
    }

    void run(List<Integer> sizes) throws IOException {
        report.section("The seed's experiment", String.format(Locale.ROOT,
                "%,d connections, %,d of them active at a time for %.0f s; reads take at most %d KiB (nginx: as delivered). "
                        + "Every byte that comes back is compared. One round, each peer in processes of its own. The prediction is for a "
                        + "buffer as long as a connection is active; what is lent for one event only, by one event loop, is less.",
                connections, connections / ACTIVE_OF, pace.turnMillis() / 1e3, SeedPeers.BUFFER / 1024));
        for (int size : sizes) {
            run(size);
        }
        report.compare("seed", turns, new Comparison.Figure("resident_growth_bytes", "RSS growth, MiB", 1 << 20, 2),
                new Comparison.Figure("buffer_bytes", "buffer bytes", 0),
                new Comparison.Figure("cpu_us_per_message", "CPU µs/message", 1));
        report.turns("seed", turns);
        List<String> loads = turns.loads();
        report.plot(Plot.bars("seed-buffers", "Bytes of buffers for each connection, 5 % active", "bytes", loads,
                turns.peers(loads.getFirst()),
                (load, peer) -> turns.median(load, peer, "buffer_bytes") / connections));
        report.plot(
                Plot.bars("seed-resident", "Growth of resident memory for each connection, 5 % active", "bytes", loads,
                        turns.peers(loads.getFirst()),
                        (load, peer) -> turns.median(load, peer, "resident_growth_bytes") / connections));
        report.end();
    }

    private void run(int size) throws IOException {
        String load = size / 1024 + " KiB messages";
        List<Measured> all = new ArrayList<>();
        Table table = new Table(load, "RSS B/conn", "buffer bytes", "buffer B/conn", "factor", "messages/s",
                "CPU µs/message", "buffer bytes are");
        for (SeedPeers.Start start : peers) {
            Measured measured = measure(start, size);
            all.add(measured);
            double factor = 1.0 * all.getFirst().buffers / measured.buffers;
            turns.add(load, measured.name, 1, (double) measured.resident, (double) measured.buffers, factor,
                    measured.perSecond,
                    measured.cpuMicros);
            table.row(measured.name, Table.figure(1.0 * measured.resident / connections, 0),
                    Table.figure((double) measured.buffers, 0), Table.figure(1.0 * measured.buffers / connections, 1),
                    Table.figure(factor, 1), Table.figure(measured.perSecond, 0), Table.figure(measured.cpuMicros, 1),
                    measured.reported ? "reported by the process" : "computed from the design");
        }
        report.table(table);
        Measured first = all.getFirst();
        for (Measured sluice : all.stream().filter(Measured::isCurrent).toList()) {
            report.text(String.format(Locale.ROOT,
                    "Factor with %s: **%d predicted** by the essay (all connections / active ones), **%.0f measured** (buffer bytes of %s / "
                            + "peak of %s).",
                    load, ACTIVE_OF, 1.0 * first.buffers / sluice.buffers, first.name, sluice.name));
        }
    }

    private Measured measure(SeedPeers.Start start, int size) throws IOException {
        try (Child echo = new Child("EchoServer")) {
            int upstream = Integer.parseInt(echo.readLine());
            try (SeedPeers.Running running = start.start(upstream)) {
                Peer peer = running.peer();
                check(peer);
                // Classes that the first connections load, and code that they compile, are not the price of a connection.
                try (PingPong warm = new PingPong(peer.port(), 50, size)) {
                    warm.run(pace.warmMillis());
                }
                long before = peer.residentBytes();
                try (Child clients = new Child("SeedClients", Integer.toString(peer.port()),
                        Integer.toString(connections), Integer.toString(connections / ACTIVE_OF),
                        Integer.toString(size), Long.toString(pace.turnMillis()))) {
                    clients.expect("connected");
                    Meter meter = new Meter(peer);
                    clients.writeLine("go");
                    long messages = Long.parseLong(clients.expect("done "));
                    return new Measured(peer.name(), peer.residentBytes() - before, running.buffers().bytes(),
                            running.reported(), messages * 1e3 / pace.turnMillis(),
                            meter.read().proxyNanos() / 1e3 / messages);
                }
            }
        }
    }

    /** Refuses a peer that keeps a single byte back, loses bytes, or does not pass the end of one direction on. */
    private static void check(Peer peer) throws IOException {
        byte[] content = new byte[16 * 1024];
        new SplittableRandom(1).nextBytes(content);
        try (Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), peer.port())) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(content, 0, 1);
            byte[] first = client.getInputStream().readNBytes(1);
            client.getOutputStream().write(content, 1, content.length - 1);
            client.shutdownOutput();
            byte[] rest = client.getInputStream().readAllBytes();
            if (!Arrays.equals(content, 0, 1, first, 0, first.length)
                    || !Arrays.equals(content, 1, content.length, rest, 0, rest.length)) {
                throw new IOException(peer.name() + ": " + (first.length + rest.length) + " bytes came back of "
                        + content.length + ", or not the same ones");
            }
        }
    }
}
