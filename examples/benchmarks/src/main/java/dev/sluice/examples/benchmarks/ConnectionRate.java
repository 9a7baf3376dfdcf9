package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Connections per second, and the CPU that one costs: connect, one message there and back, close. */
final class ConnectionRate {
    private static final int CALLERS = 64;
    private static final int MESSAGE = 1024;
    /** A PROXY header of version 2: 192.0.2.7:50123 to 198.51.100.1:443. */
    private static final byte[] HEADER = HexFormat.of()
            .parseHex("0d0a0d0a000d0a515549540a" + "2111000c" + "c0000207" + "c6336401" + "c3cb" + "01bb");
    private static final String LOAD = CALLERS + " callers";
    private static final String RATE = "connections_per_s";
    private static final String CPU = "cpu_us_per_connection";
    private static final String GENERATOR = "generator_percent_of_core";

    private final Report report;
    private final List<Peer.Kind> kinds;
    private final Pace pace;
    private final Turns turns = new Turns(RATE, CPU, Saturation.SHARE, Saturation.WANTED, GENERATOR, "p50_us",
            "p99_us");

    ConnectionRate(Report report, List<Peer.Kind> kinds, Pace pace) {
        this.report = report;
        this.kinds = kinds;
        this.pace = pace;
    }

    void run() throws IOException {
        report.section("CPU of a connection", CALLERS + " callers connect, send " + MESSAGE
                + " bytes, get them back, close, and begin anew. Peers with +proxy read a PROXY header (version 2) before"
                + " that, and send one. " + pace.describe()
                + " The percentiles are service times of whole calls in a closed loop (coordinated omission)."
                + Saturation.LEGEND);
        WarmUp warmUp = new WarmUp(pace);
        try (EchoServer echo = new EchoServer(); Field field = new Field(kinds, echo.port())) {
            field.each(1, peer -> warm(warmUp, peer));
            for (int round = 1; round <= pace.rounds(); round++) {
                int now = round;
                measure(echo.port(), null, now);
                field.each(now, peer -> measure(peer.port(), peer, now));
            }
        }
        Table table = new Table(LOAD, "connections/s", "CPU µs/connection", "core %", "wanted %", "p50 µs", "p99 µs",
                "generator %");
        List<String> peers = turns.peers(LOAD);
        for (String peer : peers) {
            table.row(peer, Table.figure(turns.median(LOAD, peer, RATE), 0),
                    Table.figure(turns.median(LOAD, peer, CPU), 1),
                    Table.figure(turns.median(LOAD, peer, Saturation.SHARE), 0),
                    Table.figure(turns.median(LOAD, peer, Saturation.WANTED), 0),
                    Table.figure(turns.median(LOAD, peer, "p50_us"), 0),
                    Table.figure(turns.median(LOAD, peer, "p99_us"), 0),
                    Table.figure(turns.median(LOAD, peer, GENERATOR), 0));
        }
        report.table(table);
        Saturation.judge(report, turns, LOAD, RATE, "connections/s");
        report.text(warmUp.describe());
        report.compare("connections", turns, new Comparison.Figure(CPU, "CPU µs/connection", 1),
                new Comparison.Figure(RATE, "connections/s", 0));
        report.turns("connections", turns);
        report.plot(Plot.bars("connections-rate", "Connections per second", "connections/s", List.of(LOAD), peers,
                (load, peer) -> turns.median(load, peer, RATE)));
        report.plot(Plot.bars("connections-cpu", "CPU of the proxy for each connection", "µs", List.of(LOAD),
                peers.stream().filter(peer -> !peer.equals(Saturation.DIRECT)).toList(),
                (load, peer) -> turns.median(load, peer, CPU)));
        report.end();
    }

    private static byte[] header(@Nullable Peer peer) {
        return peer != null && peer.header() ? HEADER : new byte[0];
    }

    private static void warm(WarmUp warmUp, Peer peer) throws IOException {
        try (Callers callers = new Callers(peer.port(), CALLERS, header(peer), MESSAGE)) {
            warmUp.warm(peer, callers::run);
        }
    }

    private void measure(int port, @Nullable Peer proxy, int round) throws IOException {
        try (Callers callers = new Callers(port, CALLERS, header(proxy), MESSAGE)) {
            callers.run(pace.settleMillis());
            Meter meter = new Meter(proxy);
            PingPong.Result result = callers.run(pace.turnMillis());
            Meter.Usage usage = meter.read();
            turns.add(LOAD, proxy == null ? Saturation.DIRECT : proxy.name(), round, result.perSecond(),
                    usage.proxyNanos() / 1e3 / result.requests(), usage.proxyPercent(), usage.proxyWantedPercent(),
                    usage.generatorPercent(),
                    Latencies.micros(result.latency(), 50), Latencies.micros(result.latency(), 99));
        }
    }
}
