package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.List;

/** Latency of 200 live connections during storms: of plain connections that are reset at once, and of clients that say ClientHello and no more. */
final class Storms {
    private static final int LIVE = 200;
    private static final String P50 = "p50_us";
    private static final String P99 = "p99_us";
    private static final String MOST = "most_us";
    private static final String CUT = "cut";
    private static final String STORM = "storm_per_s";
    private static final int WARM_CALLERS = 8;

    private final Report report;
    private final Pace pace;
    private final TlsLoad.Program program;
    private final Turns turns = new Turns(P50, P99, MOST, CUT, STORM);

    Storms(Report report, Pace pace, TlsLoad.Program program) {
        this.report = report;
        this.pace = pace;
        this.program = program;
    }

    /**
     * Measures both.
     *
     * @param plain peers without TLS, for connections
     * @param tls peers that terminate it, for hellos
     */
    void run(List<Peer.Kind> plain, List<Peer.Kind> tls) throws IOException {
        report.section("Storms", LIVE
                + " live connections, each with ten messages of 64 bytes a second, at rest and during a storm: of connections that are reset at once, "
                + "as many as one thread can make; and of 5,000 clients a second that send a ClientHello and no more. "
                + pace.describe()
                + " Clients, upstream and proxy share the processors, so the storm takes some of each.");
        try (TlsLoad upstream = program.start("upstream")) {
            int port = upstream.numbers().getFirst().intValue();
            measure(plain, port, "connects", "plain");
            measure(tls, port, "hellos", "");
        }
        for (String storm : List.of("connects", "hellos")) {
            Table table = new Table(storm, "p50 µs at rest", "p99 µs at rest", "p50 µs", "p99 µs", "p99 more, ms",
                    "most ms", "cut",
                    "storm/s");
            for (String peer : turns.peers(storm)) {
                double rest = turns.median(rest(storm), peer, P99);
                double during = turns.median(storm, peer, P99);
                table.row(peer, Table.figure(turns.median(rest(storm), peer, P50), 0), Table.figure(rest, 0),
                        Table.figure(turns.median(storm, peer, P50), 0), Table.figure(during, 0),
                        Table.figure((during - rest) / 1e3, 1), Table.figure(turns.median(storm, peer, MOST) / 1e3, 1),
                        Table.figure(turns.median(storm, peer, CUT), 0),
                        Table.figure(turns.median(storm, peer, STORM), 0));
            }
            report.table(table);
        }
        report.turns("storms", turns);
        report.end();
    }

    private static String rest(String storm) {
        return "before " + storm;
    }

    private void measure(List<Peer.Kind> kinds, int upstream, String storm, String plain) throws IOException {
        try (Field field = new Field(kinds, upstream)) {
            field.each(1, peer -> program.run("live", peer.port(), WARM_CALLERS, pace.warmMillis(), storm, plain));
            for (int round = 1; round <= pace.rounds(); round++) {
                int now = round;
                field.each(now, peer -> {
                    measure(rest(storm), peer, now, "none", plain);
                    measure(storm, peer, now, storm, plain);
                });
            }
        }
    }

    private void measure(String load, Peer peer, int round, String storm, String plain) throws IOException {
        List<Long> said = program.run("live", peer.port(), LIVE, pace.turnMillis(), storm, plain);
        turns.add(load, peer.name(), round, said.get(0).doubleValue(), said.get(1).doubleValue(),
                said.get(2).doubleValue(), said.get(4).doubleValue(),
                said.get(5) * 1e3 / pace.turnMillis());
    }
}
