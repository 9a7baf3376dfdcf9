package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The proxies that {@link Seed} compares, and the way to get the size of the buffers of each. */
final class SeedPeers {
    /** The most bytes of one read: of the peers under {@code peers/}, and of Sluice in this experiment. */
    static final int BUFFER = 32 * 1024;

    /** {@code proxy_buffer_size} of nginx as it is delivered, which it allocates for each direction of a session. */
    private static final int NGINX_BUFFER = 16 * 1024;

    private final Path home;
    private final Path built;
    private final Path directory;
    private final int connections;

    /**
     * Says where things are.
     *
     * @param home the unpacked tarball of Sluice
     * @param built what was built of {@code peers/}
     * @param directory for configurations and logs
     * @param connections that each must be able to hold
     */
    SeedPeers(Path home, Path built, Path directory, int connections) {
        this.home = home;
        this.built = built;
        this.directory = directory;
        this.connections = connections;
    }

    /** A way to get the most bytes of buffers that a running peer has had in use. */
    @FunctionalInterface
    interface Buffers {
        long bytes() throws IOException;
    }

    /**
     * A peer that runs.
     *
     * @param told whether the process itself reports the size of its buffers; otherwise it is computed from its design
     */
    record Running(Peer peer, Buffers buffers, boolean told) implements AutoCloseable {
        @Override
        public void close() {
            peer.close();
        }
    }

    /** Starts a peer before an upstream. */
    @FunctionalInterface
    interface Start {
        Running start(int upstream) throws IOException;
    }

    /** All, the one with a buffer for each direction, which the others are compared with, first. */
    List<Start> all() {
        return List.of(upstream -> go("naive", upstream), upstream -> go("one-byte", upstream), this::virtualThreads,
                this::haproxy, this::nginx, upstream -> sluice("nio", upstream),
                upstream -> sluice("epoll", upstream));
    }

    private Running go(String way, int upstream) throws IOException {
        int port = Peer.freePort();
        int report = Peer.freePort();
        Peer peer = new Peer.Launch("go-" + way, directory, port, Map.of("GOMAXPROCS", "1"),
                List.of(built.resolve("goproxy").toString(), way, Integer.toString(port), Integer.toString(upstream),
                        Integer.toString(report)))
                .start();
        return new Running(peer, () -> reported(report), true);
    }

    /** With the collector and the object headers of Sluice, and a heap that the buffers fit in. */
    private Running virtualThreads(int upstream) throws IOException {
        int port = Peer.freePort();
        int report = Peer.freePort();
        long heapMegabytes = 256 + 2L * connections * (BUFFER + 16 * 1024) / 1_000_000;
        Peer peer = Peer.of("jvm-virtual", directory, port, home.resolve("jre/bin/java").toString(), "-Xms16m",
                "-Xmx" + heapMegabytes + "m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-cp",
                built.toString(), "VirtualThreadProxy", Integer.toString(port), Integer.toString(upstream),
                Integer.toString(report));
        return new Running(peer, () -> reported(report), true);
    }

    private static long reported(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            return Long.parseLong(read(socket.getInputStream()).strip());
        }
    }

    private Running haproxy(int upstream) throws IOException {
        Path stats = directory.resolve("haproxy.sock");
        return new Running(Peers.haproxy(directory, upstream, connections, stats, "").start(), () -> pooled(stats),
                true);
    }

    /** The size of HAProxy's buffer pool: buffers in use, and those kept for the next use. */
    private static long pooled(Path stats) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(stats));
            channel.write(ByteBuffer.wrap("show pools\n".getBytes(StandardCharsets.US_ASCII)));
            return number(read(Channels.newInputStream(channel)), "Pool buffer .*?allocated \\((\\d+) bytes\\)");
        }
    }

    private Running nginx(int upstream) throws IOException {
        return new Running(Peers.nginx(directory, upstream).start(), () -> 2L * NGINX_BUFFER * connections, false);
    }

    private Running sluice(String transport, int upstream) throws IOException {
        int port = Peer.freePort();
        int admin = Peer.freePort();
        Path config = Files.writeString(directory.resolve("sluice-" + transport + ".yaml"), """
                runtime: { eventLoops: 1, transport: %s }
                memory: { readBuffer: %d }
                admin: { listen: "127.0.0.1:%d" }
                listeners:
                  - { name: seed, listen: "127.0.0.1:%d", cluster: echo }
                clusters:
                  - { name: echo, endpoints: [ { address: "127.0.0.1:%d" } ] }
                """.formatted(transport, BUFFER, admin, port, upstream));
        Peer peer = Peer.of("sluice-" + transport, directory, port, home.resolve("bin/sluice").toString(), "run", "-c",
                config.toString());
        return new Running(peer, () -> borrowed(admin), true);
    }

    /** The most that was lent at once, and the most that was kept for slow receivers. */
    private static long borrowed(int admin) throws IOException {
        try (InputStream in = URI.create("http://127.0.0.1:" + admin + "/memory").toURL().openStream()) {
            String memory = read(in);
            return number(memory, "\"buffers_borrowed_peak\"\\s*:\\s*(\\d+)") * BUFFER
                    + number(memory, "\"stash\"\\s*:\\s*\\{[^}]*\"peak\"\\s*:\\s*(\\d+)");
        }
    }

    private static String read(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static long number(String text, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in:\n" + text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
