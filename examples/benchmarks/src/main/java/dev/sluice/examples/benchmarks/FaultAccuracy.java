package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.fault.Faults;
import dev.sluice.runtime.InjectedFault;
import dev.sluice.runtime.ProxyServer;
import org.HdrHistogram.Histogram;

/**
 * Latencies and rates that clients see behind filters of type {@code fault}, beside those that were asked for, on both transports.
 * Proxy, server and clients are one process, as in a test.
 */
public final class FaultAccuracy {
    private static final List<String> TRANSPORTS = List.of("epoll", "nio");
    private static final List<Integer> LATENCIES_MILLIS = List.of(1, 10, 80, 500);
    private static final List<Integer> CLIENTS = List.of(1, 50);
    private static final List<Integer> RATES_KIB = List.of(16, 64, 1024, 16 * 1024);
    private static final double LATENCY_BAR_MILLIS = 5;
    private static final double RATE_BAR_PERCENT = 3;
    private static final int WARM = 200;
    private static final int MOST_ROUND_TRIPS = 500;

    private final Duration turn;

    FaultAccuracy(Duration turn) {
        this.turn = turn;
    }

    /** {@code [--quick]}. */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length == 1 && args[0].equals("--quick");
        if (args.length > 0 && !quick) {
            System.err.println("run faults: '" + String.join(" ", args) + "' is not understood; allowed: --quick");
            System.exit(2);
        }
        String java = System.getProperty("java.home") + "/bin/java";
        System.out.println(Machine.ask(List.of(List.of(java, "-version"))).describe());
        FaultAccuracy accuracy = new FaultAccuracy(Duration.ofSeconds(quick ? 2 : 10));
        accuracy.latencies(LATENCIES_MILLIS, CLIENTS);
        accuracy.rates(RATES_KIB);
        System.out.println(Machine.load() + " at the end");
    }

    /** A proxy with a filter of type {@code fault} before a server. */
    private static ProxyServer proxy(String transport, int port) {
        return ProxyServer.builder().config("""
                runtime: { transport: %s }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app, filters: [ { type: fault } ] } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:%d" } ] } ]
                """.formatted(transport, port)).start();
    }

    private static Socket connect(ProxyServer proxy) throws IOException {
        Socket client = new Socket();
        client.connect(proxy.address("edge"));
        client.setTcpNoDelay(true);
        return client;
    }

    /** Measures round trips of a byte by several clients at once, of which the answer is late; returns how many there were. */
    List<String> latencies(List<Integer> millis, List<Integer> clients) throws Exception {
        List<String> counts = new ArrayList<>();
        System.out.printf(Locale.ROOT,
                "%nLatency: round trip of a byte less what it takes without the fault, minus the latency; bar ±%.0f ms%n",
                LATENCY_BAR_MILLIS);
        System.out.printf(Locale.ROOT, "%-9s %8s %7s %11s %9s %9s %9s %9s%n", "transport", "latency", "clients",
                "round trips",
                "least ms", "median ms", "p99 ms", "most ms");
        for (String transport : TRANSPORTS) {
            try (EchoServer echo = new EchoServer(); ProxyServer proxy = proxy(transport, echo.port())) {
                roundTrips(proxy, 1, WARM);
                long plain = roundTrips(proxy, 1, WARM).getValueAtPercentile(50);
                for (int latency : millis) {
                    for (int count : clients) {
                        int each = (int) Math.max(5, turn.toMillis() / latency / 4);
                        try (InjectedFault _ = proxy.faults().onListener("edge",
                                Faults.latency(Duration.ofMillis(latency)))) {
                            Histogram seen = roundTrips(proxy, count, Math.min(each, MOST_ROUND_TRIPS));
                            report(transport, latency, count, seen, plain);
                            counts.add("%s %d ms, %d clients: %d round trips".formatted(transport, latency, count,
                                    seen.getTotalCount()));
                        }
                    }
                }
            }
        }
        return counts;
    }

    private static void report(String transport, int latency, int clients, Histogram seen, long plain) {
        double expected = latency + plain / 1e6;
        double least = seen.getMinValue() / 1e6 - expected;
        double p99 = seen.getValueAtPercentile(99) / 1e6 - expected;
        System.out.printf(Locale.ROOT, "%-9s %5d ms %7d %11d %9.2f %9.2f %9s %9.2f%n", transport, latency, clients,
                seen.getTotalCount(), least,
                seen.getValueAtPercentile(50) / 1e6 - expected,
                judged(p99, Math.abs(p99) > LATENCY_BAR_MILLIS || least < -LATENCY_BAR_MILLIS),
                seen.getMaxValue() / 1e6 - expected);
    }

    /** With a mark when it is beyond the bar. */
    private static String judged(double value, boolean beyond) {
        return String.format(Locale.ROOT, "%.2f%s", value, beyond ? "!" : "");
    }

    private static Histogram roundTrips(ProxyServer proxy, int clients, int each) throws Exception {
        Histogram all = new Histogram(3);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Histogram>> parts = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                parts.add(threads.submit(() -> roundTrips(proxy, each)));
            }
            for (Future<Histogram> part : parts) {
                all.add(part.get());
            }
        }
        return all;
    }

    private static Histogram roundTrips(ProxyServer proxy, int count) throws IOException {
        Histogram nanos = new Histogram(3);
        try (Socket client = connect(proxy)) {
            for (int i = 0; i < count; i++) {
                long begin = System.nanoTime();
                client.getOutputStream().write(i);
                if (client.getInputStream().read() < 0) {
                    throw new IOException("the connection ended");
                }
                nanos.recordValue(System.nanoTime() - begin);
            }
        }
        return nanos;
    }

    /** Measures the bytes of one stream from its first ones on, so that a burst at the start does not count; returns KiB per second. */
    List<Double> rates(List<Integer> kibibytes) throws Exception {
        System.out.printf(Locale.ROOT, "%nBandwidth: rate of one stream against the one asked for; bar ±%.0f %%%n",
                RATE_BAR_PERCENT);
        System.out.printf(Locale.ROOT, "%-9s %12s %12s %9s%n", "transport", "asked KiB/s", "seen KiB/s", "off by %");
        List<Double> rates = new ArrayList<>();
        for (String transport : TRANSPORTS) {
            for (int rate : kibibytes) {
                double seen = rate(transport, rate) / 1024;
                rates.add(seen);
                double percent = 100 * (seen / rate - 1);
                System.out.printf(Locale.ROOT, "%-9s %12d %12.1f %9s%n", transport, rate, seen,
                        judged(percent, Math.abs(percent) > RATE_BAR_PERCENT));
            }
        }
        return rates;
    }

    private double rate(String transport, int kibibytes) throws Exception {
        try (ServerSocket source = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                ProxyServer proxy = proxy(transport, source.getLocalPort());
                InjectedFault _ = proxy.faults().onListener("edge", Faults.bandwidth(kibibytes + "KiB/s"));
                Socket client = connect(proxy);
                Socket server = source.accept()) {
            Thread.ofPlatform().daemon().start(() -> pour(server));
            return read(client.getInputStream());
        }
    }

    private static void pour(Socket server) {
        byte[] bytes = new byte[64 * 1024];
        try {
            OutputStream out = server.getOutputStream();
            while (true) {
                out.write(bytes);
            }
        } catch (IOException e) {
            // The measurement is over.
        }
    }

    /** Bytes per second. */
    private double read(InputStream in) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        in.read(buffer);
        long begin = System.nanoTime();
        long bytes = 0;
        long now = begin;
        while (now - begin < turn.toNanos()) {
            bytes += in.read(buffer);
            now = System.nanoTime();
        }
        return bytes * (double) TimeUnit.SECONDS.toNanos(1) / (now - begin);
    }
}
