package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * Memory of terminated connections: of silent ones, which have had 16 KiB echoed, of those that have sent a part of
 * a record, and of those that send their ClientHello a byte a second, until their deadline ends them.
 */
final class TlsIdle {
    private static final String RESIDENT = "resident_growth_bytes";
    private static final String CLOSED = "closed_in_15_s";
    private static final String FIRST = "first_closed_ms";
    private static final String LAST = "last_closed_ms";

    private final Report report;
    private final List<Peer.Kind> kinds;
    private final List<Peer.Kind> withDeadline;
    private final int rounds;
    private final TlsLoad.Program program;
    private final Turns idle = new Turns(RESIDENT);
    private final Turns partial = new Turns(RESIDENT, CLOSED, FIRST);
    private final Turns slow = new Turns(RESIDENT, FIRST, LAST);

    /**
     * Measures nothing yet.
     *
     * @param withDeadline those that end a slow handshake
     */
    TlsIdle(Report report, List<Peer.Kind> kinds, List<Peer.Kind> withDeadline, int rounds, TlsLoad.Program program) {
        this.report = report;
        this.kinds = kinds;
        this.withDeadline = withDeadline;
        this.rounds = rounds;
        this.program = program;
    }

    void run(int connections) throws IOException {
        report.section("TLS: memory of silent and of slow clients", connections
                + " terminated connections (TLS 1.3). Silent: each has had 16 KiB echoed. Part of a record: each has sent 16,000 bytes of 16 KiB. Slow: each sends a byte of its ClientHello a second. "
                + "Growth of resident memory over their number; each peer is started anew for each figure, and the growth counts from "
                + "before its first handshake, so that a JVM's compilers are in it. "
                + "A handshake has 10 s; HAProxy has no deadline of its own for it.");
        try (TlsLoad upstream = program.start("upstream")) {
            int port = upstream.numbers().getFirst().intValue();
            for (int round = 1; round <= rounds; round++) {
                for (Peer.Kind kind : Turns.order(kinds, round)) {
                    measureIdle(kind, port, round, connections);
                    measurePartial(kind, port, round, connections);
                }
                for (Peer.Kind kind : Turns.order(withDeadline, round)) {
                    measureSlow(kind, port, round, connections);
                }
            }
        }
        Table table = new Table("bytes per connection", "silent", "of nginx", "part of a record",
                "first closed ms", "slow hello", "first closed ms", "last closed ms");
        String load = Integer.toString(connections);
        double nginx = idle.median(load, Nginx.NAME_OF_PEER, RESIDENT);
        for (String peer : idle.peers(load)) {
            double silent = idle.median(load, peer, RESIDENT);
            table.row(peer, Table.figure(silent / connections, 0), Table.figure(silent / nginx, 3),
                    Table.figure(partial.median(load, peer, RESIDENT) / connections, 0),
                    Table.figure(partial.median(load, peer, FIRST), 0),
                    Table.figure(slow.median(load, peer, RESIDENT) / connections, 0),
                    Table.figure(slow.median(load, peer, FIRST), 0), Table.figure(slow.median(load, peer, LAST), 0));
        }
        report.table(table);
        report.compare("tls-idle", idle, new Comparison.Figure(RESIDENT, "RSS growth, MiB", 1 << 20, 2));
        report.turns("tls-idle", idle);
        report.turns("tls-partial", partial);
        report.turns("tls-slow", slow);
        report.end();
    }

    private void measureIdle(Peer.Kind kind, int upstream, int round, int connections) throws IOException {
        try (Peer peer = kind.before(upstream).start()) {
            long before = peer.residentBytes();
            try (TlsLoad load = program.start("idle", peer.port(), connections)) {
                load.line();
                idle.add(Integer.toString(connections), peer.name(), round, (double) (peer.residentBytes() - before));
            }
        }
    }

    private void measurePartial(Peer.Kind kind, int upstream, int round, int connections) throws IOException {
        try (Peer peer = kind.before(upstream).start()) {
            long before = peer.residentBytes();
            try (TlsLoad load = program.start("partial", peer.port(), connections)) {
                load.line();
                long grown = peer.residentBytes() - before;
                List<Long> closed = load.numbers();
                partial.add(Integer.toString(connections), peer.name(), round, (double) grown,
                        closed.get(0).doubleValue(), closed.get(1).doubleValue());
            }
        }
    }

    private void measureSlow(Peer.Kind kind, int upstream, int round, int connections) throws IOException {
        try (Peer peer = kind.before(upstream).start()) {
            long before = peer.residentBytes();
            try (TlsLoad load = program.start("slow", peer.port(), connections)) {
                load.line();
                long grown = peer.residentBytes() - before;
                List<Long> closed = load.numbers();
                slow.add(Integer.toString(connections), peer.name(), round, (double) grown, closed.get(0).doubleValue(),
                        closed.get(1).doubleValue());
            }
        }
    }
}
