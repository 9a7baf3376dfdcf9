package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.net.Socket;
import java.util.List;

/** Time from the launch of a process to the first byte that came back through it, and its resident memory at that moment. */
final class StartUp {
    private static final String LOAD = "start-up";
    private static final String MILLIS = "first_byte_ms";
    private static final String RESIDENT = "resident_bytes";
    private static final int ANSWER_MILLIS = 20_000;

    private final Report report;
    private final List<Peer.Kind> kinds;
    private final int rounds;
    private final Turns turns = new Turns(MILLIS, RESIDENT);

    StartUp(Report report, List<Peer.Kind> kinds, int rounds) {
        this.report = report;
        this.kinds = kinds;
        this.rounds = rounds;
    }

    void run() throws IOException {
        report.section("Start-up",
                "From the launch of the process to the first byte that came back through it (a client tries to "
                        + "connect every millisecond), and resident memory (RSS) at that moment. Medians of " + rounds
                        + " rounds; the peers take turns.");
        try (EchoServer echo = new EchoServer()) {
            // The first of all also loads programs from the disk: it does not count.
            for (int round = 0; round <= rounds; round++) {
                for (Peer.Kind kind : Turns.order(kinds, round)) {
                    measure(kind.before(echo.port()), round);
                }
            }
        }
        Table table = new Table("peer", "first byte after ms", "RSS MiB");
        List<String> peers = turns.peers(LOAD);
        for (String peer : peers) {
            table.row(peer, Table.figure(turns.median(LOAD, peer, MILLIS), 0),
                    Table.figure(turns.median(LOAD, peer, RESIDENT) / (1 << 20), 1));
        }
        report.table(table);
        report.compare("start-up", turns, new Comparison.Figure(MILLIS, "first byte after ms", 0),
                new Comparison.Figure(RESIDENT, "RSS MiB", 1 << 20, 1));
        report.turns("startup", turns);
        report.plot(Plot.bars("startup", "From launch to the first byte", "ms", List.of(LOAD), peers,
                (load, peer) -> turns.median(load, peer, MILLIS)));
        report.end();
    }

    private void measure(Peer.Launch launch, int round) throws IOException {
        try (Peer peer = launch.launch(); Socket client = peer.connect()) {
            client.setSoTimeout(ANSWER_MILLIS);
            client.getOutputStream().write('x');
            if (client.getInputStream().read() != 'x') {
                throw new IOException(peer.name() + ": the byte did not come back");
            }
            double millis = (System.nanoTime() - peer.launchedNanos()) / 1e6;
            if (round > 0) {
                turns.add(LOAD, peer.name(), round, millis, (double) peer.residentBytes());
            }
        }
    }
}
