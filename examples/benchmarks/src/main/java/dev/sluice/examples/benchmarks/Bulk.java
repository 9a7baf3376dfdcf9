package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Bytes per second in one direction, from the upstream to the clients, and the CPU that a gigabyte costs. */
final class Bulk {
    private static final String RATE = "gigabytes_per_s";
    private static final String CPU = "cpu_ms_per_gigabyte";
    private static final String GENERATOR = "generator_percent_of_core";

    private final Report report;
    private final List<Peer.Kind> kinds;
    private final Pace pace;
    private final Turns turns = new Turns(RATE, CPU, Saturation.SHARE, Saturation.WANTED, GENERATOR);

    Bulk(Report report, List<Peer.Kind> kinds, Pace pace) {
        this.report = report;
        this.kinds = kinds;
        this.pace = pace;
    }

    void run(List<Integer> streams) throws IOException {
        report.section("CPU of a GB",
                "The upstream sends without end to each client, which throws it away; GB = 10^9 bytes. "
                        + pace.describe()
                        + " HAProxy, Go and Sluice on epoll move the bytes within the kernel (splice); nginx and Sluice on nio copy."
                        + Saturation.LEGEND);
        List<String> loads = streams.stream().map(Bulk::load).toList();
        WarmUp warmUp = new WarmUp(pace);
        try (Source source = new Source(); Field field = new Field(kinds, source.port())) {
            for (int count : streams) {
                field.each(1, peer -> warm(warmUp, peer, count));
                for (int round = 1; round <= pace.rounds(); round++) {
                    int now = round;
                    measure(source.port(), null, now, count);
                    field.each(now, peer -> measure(peer.port(), peer, now, count));
                }
            }
        }
        for (String load : loads) {
            Table table = new Table(load, "GB/s", "CPU ms/GB", "core %", "wanted %", "generator %");
            for (String peer : turns.peers(load)) {
                table.row(peer, Table.figure(turns.median(load, peer, RATE), 2),
                        Table.figure(turns.median(load, peer, CPU), 0),
                        Table.figure(turns.median(load, peer, Saturation.SHARE), 0),
                        Table.figure(turns.median(load, peer, Saturation.WANTED), 0),
                        Table.figure(turns.median(load, peer, GENERATOR), 0));
            }
            report.table(table);
            Saturation.judge(report, turns, load, RATE, "GB/s");
        }
        report.text(warmUp.describe());
        report.compare("bulk", turns, new Comparison.Figure(CPU, "CPU ms/GB", 0),
                new Comparison.Figure(RATE, "GB/s", 2));
        report.turns("bulk", turns);
        List<String> peers = turns.peers(loads.getFirst());
        report.plot(Plot.bars("bulk-rate", "Bulk transfer, one direction", "GB/s", loads, peers,
                (load, peer) -> turns.median(load, peer, RATE)));
        report.plot(Plot.bars("bulk-cpu", "CPU of the proxy for each GB", "ms", loads,
                peers.stream().filter(peer -> !peer.equals(Saturation.DIRECT)).toList(),
                (load, peer) -> turns.median(load, peer, CPU)));
        report.end();
    }

    private static String load(int streams) {
        return streams == 1 ? "1 stream" : streams + " streams";
    }

    private static void warm(WarmUp warmUp, Peer peer, int streams) throws IOException {
        try (Sinks sinks = new Sinks(peer.port(), streams)) {
            warmUp.warm(peer, sinks::run);
        }
    }

    private void measure(int port, @Nullable Peer proxy, int round, int streams) throws IOException {
        try (Sinks sinks = new Sinks(port, streams)) {
            sinks.run(pace.settleMillis());
            Meter meter = new Meter(proxy);
            Sinks.Result result = sinks.run(pace.turnMillis());
            Meter.Usage usage = meter.read();
            turns.add(load(streams), proxy == null ? Saturation.DIRECT : proxy.name(), round,
                    result.gigabytesPerSecond(), usage.proxyNanos() * 1e3 / result.bytes(), usage.proxyPercent(),
                    usage.proxyWantedPercent(),
                    usage.generatorPercent());
        }
    }
}
