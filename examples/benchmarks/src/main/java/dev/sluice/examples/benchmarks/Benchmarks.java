package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * CPU per request and latency of Sluice, nginx stream and HAProxy with one event loop each, under the same closed-loop load.
 *
 * <p>The peers take turns, round after round, so that a change of the machine's mood meets all of them; the table gives medians.
 */
public final class Benchmarks {
    private Benchmarks() {}

    /** One kind of load. */
    private record Load(int connections, int size) {
        @Override
        public String toString() {
            return (size >= 1024 ? size / 1024 + " KiB" : size + " B") + " x " + connections;
        }
    }

    /** One turn of one peer. */
    private record Measured(double perSecond, double cpuMicros, double p50, double p99, double p999) {}

    /** {@code SLUICE_HOME [rounds [seconds]]} */
    public static void main(String[] args) throws IOException {
        Path home = Path.of(args[0]);
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        long millis = 1000L * (args.length > 2 ? Integer.parseInt(args[2]) : 5);
        Path directory = Files.createTempDirectory("sluice-benchmarks");
        try (EchoServer echo = new EchoServer()) {
            System.out.println("kernel " + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip() + ", "
                    + Runtime.getRuntime().availableProcessors() + " processors, load "
                    + Files.readString(Path.of("/proc/loadavg")).strip());
            for (Load load : List.of(new Load(50, 1024), new Load(50, 16 * 1024), new Load(500, 1024))) {
                System.out.println();
                run(load, home, directory, echo.port(), rounds, millis);
            }
            System.out.println();
            IdleMemory.run(home, directory, echo.port());
        }
    }

    private static void run(Load load, Path home, Path directory, int upstream, int rounds, long millis)
            throws IOException {
        Map<String, List<Measured>> results = new LinkedHashMap<>();
        try (Peer sluice = Peer.sluice(home, directory, upstream);
                Peer sniffing = Peer.sniffing(home, directory, upstream);
                Peer nginx = Peer.nginx(directory, upstream);
                Peer haproxy = Peer.haproxy(directory, upstream)) {
            List<Peer> peers = List.of(sluice, sniffing, nginx, haproxy);
            for (Peer peer : peers) {
                // What is compiled at run time should be, before anything counts.
                measure(peer, load, 3_000);
            }
            for (int round = 0; round < rounds; round++) {
                for (Peer peer : peers) {
                    results.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(measure(peer, load, millis));
                }
            }
        }
        System.out.printf(Locale.ROOT, "%-16s %12s %14s %9s %9s %9s   medians of %d x %d s%n", load, "requests/s",
                "CPU us/request", "p50 us",
                "p99 us", "p99.9 us", rounds, millis / 1000);
        results.forEach((name, turns) -> System.out.printf(Locale.ROOT, "%-16s %12.0f %14.2f %9.0f %9.0f %9.0f%n", name,
                median(turns.stream().mapToDouble(Measured::perSecond).toArray()),
                median(turns.stream().mapToDouble(Measured::cpuMicros).toArray()),
                median(turns.stream().mapToDouble(Measured::p50).toArray()),
                median(turns.stream().mapToDouble(Measured::p99).toArray()),
                median(turns.stream().mapToDouble(Measured::p999).toArray())));
    }

    private static Measured measure(Peer peer, Load load, long millis) throws IOException {
        try (PingPong clients = new PingPong(peer.port(), load.connections, load.size)) {
            clients.run(300);
            long cpu = peer.cpuNanos();
            PingPong.Result result = clients.run(millis);
            long spent = peer.cpuNanos() - cpu;
            return new Measured(result.perSecond(), spent / 1e3 / result.requests(),
                    result.latency().getValueAtPercentile(50) / 1e3,
                    result.latency().getValueAtPercentile(99) / 1e3, result.latency().getValueAtPercentile(99.9) / 1e3);
        }
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
