package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** CPU of a request, and latency: of a closed loop that saturates each peer, and of an open one at a rate that all of them can serve. */
final class Requests {
    private static final String RATE = "requests_per_s";
    private static final String CPU = "cpu_us_per_request";
    private static final String GENERATOR = "generator_percent_of_core";
    private static final List<String> PERCENTILES = List.of("p50_us", "p90_us", "p99_us", "p99.9_us");
    /** Of the rate of the peer that is slowest when saturated. */
    private static final double OPEN_SHARE = 0.5;

    private final Report report;
    private final List<Peer.Kind> kinds;
    private final Pace pace;
    private final Turns closed = new Turns(RATE, CPU, Saturation.SHARE, Saturation.WANTED, GENERATOR, "p50_us",
            "p90_us", "p99_us",
            "p99.9_us");
    private final Turns open = new Turns(RATE, CPU, Saturation.SHARE, Saturation.WANTED, "sender_late_p99_us", "p50_us",
            "p90_us",
            "p99_us", "p99.9_us");

    Requests(Report report, List<Peer.Kind> kinds, Pace pace) {
        this.report = report;
        this.kinds = kinds;
        this.pace = pace;
    }

    /** One kind of load. */
    record Load(int connections, int size) {
        @Override
        public String toString() {
            return (size >= 1024 ? size / 1024 + " KiB" : size + " B") + " x " + connections;
        }

        String fileName() {
            return toString().replace(" ", "");
        }
    }

    void run(List<Load> loads) throws IOException {
        report.section("CPU of a request, and latency",
                "Clients send a message and get it back from an upstream behind the proxy. "
                        + pace.describe() + " One event loop, worker or thread each." + Saturation.LEGEND);
        try (EchoServer echo = new EchoServer()) {
            for (Load load : loads) {
                run(load, echo.port());
            }
        }
        report.compare("requests, closed loop", closed, new Comparison.Figure(CPU, "CPU µs/request", 2),
                new Comparison.Figure(RATE, "requests/s", 0));
        report.compare("requests, open loop", open, new Comparison.Figure(CPU, "CPU µs/request", 2),
                new Comparison.Figure("p99_us", "p99 µs", 0), new Comparison.Figure("p99.9_us", "p99.9 µs", 0));
        report.turns("requests-closed", closed);
        report.turns("requests-open", open);
        List<String> names = loads.stream().map(Load::toString).toList();
        report.plot(Plot.bars("requests-cpu", "CPU of the proxy for each request, saturated", "µs", names,
                closed.peers(names.getFirst()).stream().filter(peer -> !peer.equals(Saturation.DIRECT)).toList(),
                (load, peer) -> closed.median(load, peer, CPU)));
        report.end();
    }

    private void run(Load load, int upstream) throws IOException {
        Latencies closedCurves = new Latencies();
        Latencies openCurves = new Latencies();
        try (Field field = new Field(kinds, upstream)) {
            WarmUp warmUp = new WarmUp(pace);
            field.each(1, peer -> warm(warmUp, load, peer));
            for (int round = 1; round <= pace.rounds(); round++) {
                int now = round;
                saturate(load, upstream, null, now, closedCurves);
                field.each(now, peer -> saturate(load, peer.port(), peer, now, closedCurves));
            }
            double rate = OPEN_SHARE * closed.peers(load.toString()).stream()
                    .mapToDouble(peer -> closed.median(load.toString(), peer, RATE)).min().orElseThrow();
            for (int round = 1; round <= pace.rounds(); round++) {
                int now = round;
                pace(load, upstream, null, now, rate, openCurves);
                field.each(now, peer -> pace(load, peer.port(), peer, now, rate, openCurves));
            }
            tables(load, rate);
            report.text(warmUp.describe());
        }
        curves("closed", "Service time under saturation (closed loop)", load, closedCurves);
        curves("open", "Response time at a fixed rate (open loop)", load, openCurves);
    }

    private static void warm(WarmUp warmUp, Load load, Peer peer) throws IOException {
        try (PingPong clients = new PingPong(peer.port(), load.connections, load.size)) {
            warmUp.warm(peer, clients::run);
        }
    }

    private void saturate(Load load, int port, @Nullable Peer proxy, int round, Latencies curves) throws IOException {
        try (PingPong clients = new PingPong(port, load.connections, load.size)) {
            clients.run(pace.settleMillis());
            Meter meter = new Meter(proxy);
            PingPong.Result result = clients.run(pace.turnMillis());
            Meter.Usage usage = meter.read();
            String name = name(proxy);
            curves.add(name, result.latency());
            closed.add(load.toString(), name, round, result.perSecond(), usage.proxyNanos() / 1e3 / result.requests(),
                    usage.proxyPercent(), usage.proxyWantedPercent(), usage.generatorPercent(),
                    Latencies.micros(result.latency(), 50),
                    Latencies.micros(result.latency(), 90), Latencies.micros(result.latency(), 99),
                    Latencies.micros(result.latency(), 99.9));
        }
    }

    private void pace(Load load, int port, @Nullable Peer proxy, int round, double rate, Latencies curves)
            throws IOException {
        try (OpenLoop clients = new OpenLoop(port, load.connections, load.size)) {
            clients.run(rate, pace.settleMillis());
            Meter meter = new Meter(proxy);
            OpenLoop.Result result = clients.run(rate, pace.turnMillis());
            Meter.Usage usage = meter.read();
            String name = name(proxy);
            curves.add(name, result.latency());
            open.add(load.toString(), name, round, result.latency().getTotalCount() * 1e9 / usage.nanos(),
                    usage.proxyNanos() / 1e3 / result.latency().getTotalCount(), usage.proxyPercent(),
                    usage.proxyWantedPercent(),
                    Latencies.micros(result.lateness(), 99), Latencies.micros(result.latency(), 50),
                    Latencies.micros(result.latency(), 90), Latencies.micros(result.latency(), 99),
                    Latencies.micros(result.latency(), 99.9));
        }
    }

    private static String name(@Nullable Peer proxy) {
        return proxy == null ? Saturation.DIRECT : proxy.name();
    }

    private void tables(Load load, double rate) throws IOException {
        report.text("**" + load
                + ", closed loop**: each client asks as soon as it has been answered. The latencies are "
                + "*service times under saturation*: a slow answer delays the next question, so they leave out what would "
                + "have been asked meanwhile (coordinated omission).");
        report.table(table(closed, load, "generator %", GENERATOR));
        Saturation.judge(report, closed, load.toString(), RATE, "requests/s");
        report.text(String.format(Locale.ROOT,
                "**%s, open loop**: %,.0f requests/s for every peer, %.0f %% of what the slowest managed when saturated. The "
                        + "latencies are *response times*: from the time at which a message was due to be sent, however late "
                        + "the answers before it, so nothing is omitted. How late the sender itself was is in them, and beside them.",
                load, rate, 100 * OPEN_SHARE));
        report.table(table(open, load, "sender late p99 µs", "sender_late_p99_us"));
    }

    private static Table table(Turns turns, Load load, String lastTitle, String last) {
        Table table = new Table(load.toString(), "requests/s", "CPU µs/request", "core %", "wanted %", "p50 µs",
                "p90 µs", "p99 µs", "p99.9 µs", lastTitle);
        String name = load.toString();
        for (String peer : turns.peers(name)) {
            String[] percentiles = PERCENTILES.stream().map(each -> Table.figure(turns.median(name, peer, each), 0))
                    .toArray(String[]::new);
            table.row(peer, Table.figure(turns.median(name, peer, RATE), 0),
                    Table.figure(turns.median(name, peer, CPU), 2),
                    Table.figure(turns.median(name, peer, Saturation.SHARE), 0),
                    Table.figure(turns.median(name, peer, Saturation.WANTED), 0), percentiles[0], percentiles[1],
                    percentiles[2], percentiles[3], Table.figure(turns.median(name, peer, last), 0));
        }
        return table;
    }

    private void curves(String way, String title, Load load, Latencies latencies) throws IOException {
        String name = "latency-" + way + "-" + load.fileName();
        latencies.write(report.directory(), name);
        report.plot(Plot.percentiles(name, title + ", " + load, "µs", latencies.curves()));
    }
}
