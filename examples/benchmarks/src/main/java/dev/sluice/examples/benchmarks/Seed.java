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
public final class Seed {
    private static final int ACTIVE_OF = 20;
    private static final int DEFAULT_CONNECTIONS = 9_000;
    private static final int QUICK_CONNECTIONS = 4_000;

    /** Descriptors of a proxy beside two for each connection: listeners, libraries, its event loops. */
    private static final int OTHER_DESCRIPTORS = 200;

    private static final long WARM_MILLIS = 3_000;

    private final int connections;
    private final long millis;
    private final SeedPeers peers;

    private Seed(int connections, boolean quick, SeedPeers peers) {
        this.connections = connections;
        this.millis = quick ? 3_000 : 15_000;
        this.peers = peers;
    }

    /** One peer under one size of message; memory in bytes. */
    private record Measured(String name, long resident, long buffers, boolean told, double perSecond,
            double cpuMicros) {}

    /** {@code SLUICE_HOME BUILT_PEERS [--quick] [CONNECTIONS]} */
    public static void main(String[] args) throws IOException {
        boolean quick = List.of(args).contains("--quick");
        int wanted = List.of(args).subList(2, args.length).stream().filter(arg -> !arg.equals("--quick"))
                .mapToInt(Seed::count).findFirst().orElse(quick ? QUICK_CONNECTIONS : DEFAULT_CONNECTIONS);
        int possible = (openFiles() - OTHER_DESCRIPTORS) / 2;
        int connections = Math.min(wanted, possible);
        if (connections < wanted) {
            System.out.println("Only " + connections + " connections instead of " + wanted
                    + ": a proxy needs two descriptors for each, and the limit (ulimit -n) is " + openFiles() + ".");
        }
        Path directory = Files.createTempDirectory("sluice-seed");
        Path home = Path.of(args[0]);
        machine(home, directory);
        Seed seed = new Seed(connections, quick, new SeedPeers(home, Path.of(args[1]), directory, connections));
        for (int size : new int[]{1024, 16 * 1024}) {
            seed.run(size);
        }
        System.out.println("Configurations and logs: " + directory);
    }

    private static int count(String arg) {
        if (!arg.matches("[1-9]\\d{1,5}") || Integer.parseInt(arg) < ACTIVE_OF) {
            System.err.println(
                    "run seed: '" + arg + "' is not understood; allowed: --quick, and a number of connections from "
                            + ACTIVE_OF + " to 999999");
            System.exit(2);
        }
        return Integer.parseInt(arg);
    }

    /** The limit that a process started from here has, or can raise its own to. */
    private static int openFiles() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(limit -> limit.startsWith("Max open files")).findFirst().orElseThrow();
        String hard = line.split("\\s+", -1)[4];
        return hard.equals("unlimited") ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(hard));
    }

    private static void machine(Path home, Path directory) throws IOException {
        System.out.println("kernel " + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors; " + load());
        for (String[] command : List.of(new String[]{home.resolve("bin/sluice").toString(), "version"},
                new String[]{"go", "version"}, new String[]{"haproxy", "-v"}, new String[]{"nginx", "-v"})) {
            Path said = Files.createTempFile(directory, "version", ".txt");
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile())
                    .start();
            process.onExit().join();
            System.out.println(Files.readString(said).lines().findFirst().orElse(command[0] + ": no version"));
        }
    }

    private static String load() throws IOException {
        return "load average " + Files.readString(Path.of("/proc/loadavg")).strip();
    }

    private void run(int size) throws IOException {
        System.out.printf(Locale.ROOT,
                "%n%d connections, %d of them active at a time, messages of %d KiB, %d s, buffers of %d KiB; %s%n",
                connections, connections / ACTIVE_OF, size / 1024, millis / 1000, SeedPeers.BUFFER / 1024, load());
        System.out.printf(Locale.ROOT, "%-14s %14s %16s %17s %10s %12s %8s  %s%n", "peer", "RSS B/conn", "buffer bytes",
                "buffer B/conn", "factor", "messages/s", "us CPU", "buffer bytes are");
        List<Measured> all = new ArrayList<>();
        for (SeedPeers.Start start : peers.all()) {
            Measured measured = measure(start, size);
            all.add(measured);
            System.out.printf(Locale.ROOT, "%-14s %14d %16d %17.1f %10.1f %12.0f %8.1f  %s%n", measured.name,
                    measured.resident / connections, measured.buffers, 1.0 * measured.buffers / connections,
                    1.0 * all.getFirst().buffers / measured.buffers, measured.perSecond, measured.cpuMicros,
                    measured.told ? "told by the process" : "computed from the design");
        }
        Measured first = all.getFirst();
        for (Measured sluice : all.stream().filter(one -> one.name.startsWith("sluice")).toList()) {
            System.out.printf(Locale.ROOT,
                    "factor: %d predicted (all connections / active ones); %.0f measured (buffer bytes of %s / peak of %s)%n",
                    ACTIVE_OF, 1.0 * first.buffers / sluice.buffers, first.name, sluice.name);
        }
        System.out.println(load() + " at the end");
    }

    private Measured measure(SeedPeers.Start start, int size) throws IOException {
        try (Child echo = new Child("EchoServer")) {
            int upstream = Integer.parseInt(echo.readLine());
            try (SeedPeers.Running running = start.start(upstream)) {
                Peer peer = running.peer();
                check(peer);
                // What the first connections load and compile is not the price of a connection.
                try (PingPong warm = new PingPong(peer.port(), 50, size)) {
                    warm.run(WARM_MILLIS);
                }
                long before = peer.residentBytes();
                try (Child clients = new Child("SeedClients", Integer.toString(peer.port()),
                        Integer.toString(connections), Integer.toString(connections / ACTIVE_OF),
                        Integer.toString(size), Long.toString(millis))) {
                    clients.expect("connected");
                    long cpu = peer.cpuNanos();
                    clients.writeLine("go");
                    long messages = Long.parseLong(clients.expect("done "));
                    return new Measured(peer.name(), peer.residentBytes() - before, running.buffers().bytes(),
                            running.told(), messages * 1e3 / millis, (peer.cpuNanos() - cpu) / 1e3 / messages);
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
