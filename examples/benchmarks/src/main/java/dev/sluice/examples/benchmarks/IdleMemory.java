package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What a connection costs while nothing happens on it: growth of resident memory for each of many connections that have echoed one
 * message and then fallen silent, and for Sluice the growth of the live heap (bytes of reachable objects, by class histogram, which
 * collects first).
 */
final class IdleMemory {
    private static final int CONNECTIONS = 4_000;
    private static final int MESSAGE = 16 * 1024;

    private IdleMemory() {}

    /** Starts a peer. */
    private interface Start {
        Peer start() throws IOException;
    }

    static void run(Path home, Path directory, int upstream) throws IOException {
        System.out.printf(Locale.ROOT, "%-16s %18s %18s   %d idle connections after a message of %d KiB each%n",
                "idle memory",
                "RSS bytes/conn", "live heap/conn", CONNECTIONS, MESSAGE / 1024);
        List<Start> peers = List.of(() -> Peer.sluice(home, directory, upstream), () -> Peer.nginx(directory, upstream),
                () -> Peer.haproxy(directory, upstream));
        for (Start start : peers) {
            try (Peer peer = start.start()) {
                measure(peer);
            }
        }
    }

    private static void measure(Peer peer) throws IOException {
        // What the first connections load and compile is not the price of a connection.
        try (PingPong warm = new PingPong(peer.port(), 50, MESSAGE)) {
            warm.run(2_000);
        }
        OptionalLong heapBefore = liveHeap(peer);
        long residentBefore = peer.residentBytes();
        try (PingPong crowd = new PingPong(peer.port(), CONNECTIONS, MESSAGE)) {
            crowd.finish();
            long resident = peer.residentBytes() - residentBefore;
            OptionalLong heap = liveHeap(peer);
            System.out.printf(Locale.ROOT, "%-16s %18d %18s%n", peer.name(), resident / CONNECTIONS,
                    heap.isPresent()
                            ? Long.toString((heap.getAsLong() - heapBefore.orElseThrow()) / CONNECTIONS)
                            : "-");
        }
    }

    /** Bytes of reachable objects, if the peer is a JVM and a JDK is at hand to ask it. */
    private static OptionalLong liveHeap(Peer peer) throws IOException {
        Path jcmd = Path.of(System.getenv().getOrDefault("JDK_HOME", ""), "bin/jcmd");
        if (!peer.name().equals("sluice") || !Files.isExecutable(jcmd)) {
            return OptionalLong.empty();
        }
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(peer.pid()), "GC.class_histogram").start();
        // The last line: Total, objects, bytes.
        String total = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("Total")).findFirst()
                .orElseThrow(() -> new IOException("jcmd gave no histogram"));
        return OptionalLong.of(Long.parseLong(total.strip().split("\\s+", -1)[2]));
    }
}
