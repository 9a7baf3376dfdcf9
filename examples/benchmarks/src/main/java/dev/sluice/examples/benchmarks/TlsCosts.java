package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.List;

/** CPU of terminated TLS 1.3: of a handshake, of a GB in each direction, and of a request; beside that, of the first second of a process. */
final class TlsCosts {
    private static final String CPU = "cpu_ns_per_unit";
    private static final String RATE = "units_per_s";
    private static final long FIRST_MILLIS = 1_000;
    private static final String FIRST = "handshakes in the first second";

    private final Report report;
    private final List<Peer.Kind> kinds;
    private final Pace pace;
    private final TlsLoad.Program program;
    private final Turns turns = new Turns(RATE, CPU, Saturation.SHARE);

    TlsCosts(Report report, List<Peer.Kind> kinds, Pace pace, TlsLoad.Program program) {
        this.report = report;
        this.kinds = kinds;
        this.pace = pace;
        this.program = program;
    }

    /**
     * A kind of work.
     *
     * @param mode of the program
     * @param connections at one time
     * @param bytes of a message; 0 = the mode has none
     * @param unit of its figure
     * @param nanosPerUnit CPU time of which the figure is a count: a microsecond of a handshake, a millisecond of a GB
     * @param digits behind the point
     */
    private record Load(String title, String mode, int connections, int bytes, String unit, double nanosPerUnit,
            int digits) {
        List<Long> run(TlsLoad.Program program, int port, long millis) throws IOException {
            return bytes == 0
                    ? program.run(mode, port, connections, millis)
                    : program.run(mode, port, connections, millis, bytes);
        }
    }

    private static final List<Load> LOADS = List.of(
            new Load("full handshakes", "handshakes", 8, 0, "µs/handshake", 1e3, 0),
            new Load("download", "download", 4, 0, "ms/GB", 1e6 / 1e9, 0),
            new Load("upload", "upload", 4, 0, "ms/GB", 1e6 / 1e9, 0),
            new Load("1 KiB x 50", "requests", 50, 1024, "µs/request", 1e3, 1));

    void run() throws IOException {
        report.section("TLS: CPU of handshakes and records",
                "Terminated TLS 1.3, ECDSA P-256, X25519, the cipher suite that each peer prefers, no resumption; the upstream is plain. "
                        + pace.describe()
                        + " A handshake has one byte there and back behind it. Figures of the first second: a process that has just started, "
                        + "without any warm-up.");
        try (TlsLoad upstream = program.start("upstream")) {
            int port = upstream.numbers().getFirst().intValue();
            for (int round = 1; round <= pace.rounds(); round++) {
                for (Peer.Kind kind : Turns.order(kinds, round)) {
                    try (Peer peer = kind.before(port).start()) {
                        measure(FIRST, LOADS.getFirst(), peer, round, FIRST_MILLIS);
                    }
                }
            }
            try (Field field = new Field(kinds, port)) {
                for (Load load : LOADS) {
                    WarmUp warmUp = new WarmUp(pace);
                    field.each(1, peer -> warmUp.warm(peer, millis -> load.run(program, peer.port(), millis)));
                    for (int round = 1; round <= pace.rounds(); round++) {
                        int now = round;
                        field.each(now, peer -> measure(load.title, load, peer, now, pace.turnMillis()));
                    }
                    report.text(load.title + ": " + warmUp.describe());
                }
            }
        }
        report(FIRST, LOADS.getFirst());
        for (Load load : LOADS) {
            report(load.title, load);
        }
        report.compare("tls", turns, new Comparison.Figure(CPU, "CPU ns/unit", 3));
        report.turns("tls", turns);
        report.end();
    }

    private void measure(String title, Load load, Peer peer, int round, long millis) throws IOException {
        Meter meter = new Meter(peer);
        long units = load.run(program, peer.port(), millis).getFirst();
        Meter.Usage usage = meter.read();
        turns.add(title, peer.name(), round, (double) units * 1e3 / (double) millis,
                usage.proxyNanos() / (double) units, usage.proxyPercent());
    }

    private void report(String title, Load load) throws IOException {
        Table table = new Table(title, "CPU " + load.unit, "of nginx", "core %", "per s");
        double nginx = turns.median(title, Nginx.NAME_OF_PEER, CPU);
        for (String peer : turns.peers(title)) {
            double cpu = turns.median(title, peer, CPU);
            table.row(peer, Table.figure(cpu / load.nanosPerUnit, load.digits), Table.figure(cpu / nginx, 2),
                    Table.figure(turns.median(title, peer, Saturation.SHARE), 0),
                    Table.figure(turns.median(title, peer, RATE), 0));
        }
        report.table(table);
    }
}
