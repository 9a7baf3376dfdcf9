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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Proxies that {@link Seed} compares, each with a way to learn the size of its buffers. */
final class SeedPeers {
    /** Most bytes of one read: of the peers under {@code peers/}, and of Sluice in this experiment. */
    static final int BUFFER = 32 * 1024;

    private final Path home;
    private final @Nullable Path baseline;
    private final Path built;
    private final Path directory;
    private final int connections;

    /**
     * Peers that are started from these directories.
     *
     * @param home the unpacked tarball of Sluice
     * @param baseline the unpacked tarball of an earlier build, to compare with; null = none
     * @param built what was built of {@code peers/}
     * @param directory for configurations and logs
     * @param connections that each must be able to hold
     */
    SeedPeers(Path home, @Nullable Path baseline, Path built, Path directory, int connections) {
        this.home = home;
        this.baseline = baseline;
        this.built = built;
        this.directory = directory;
        this.connections = connections;
    }

    /** The most bytes of buffers that a running peer has had in use. */
    @FunctionalInterface
    interface Buffers {
        long bytes() throws IOException;
    }

    /**
     * A peer that runs.
     *
     * @param reported whether the process itself reported the size of its buffers; otherwise it was computed from the design
     */
    record Running(Peer peer, Buffers buffers, boolean reported) implements AutoCloseable {
        @Override
        public void close() {
            peer.close();
        }
    }

    /** A peer that can be started before an upstream. */
    @FunctionalInterface
    interface Start {
        Running start(int upstream) throws IOException;
    }

    /** All, the one with a buffer for each direction, which the others are compared with, first. */
    List<Start> all() {
        List<Start> all = new ArrayList<>(
                List.of(upstream -> go("naive", upstream), upstream -> go("one-byte", upstream),
                        this::virtualThreads, this::haproxy, this::nginx,
                        upstream -> sluice("sluice-nio", "nio", home, upstream),
                        upstream -> sluice(Sluice.CURRENT, "epoll", home, upstream)));
        Path earlier = baseline;
        if (earlier != null) {
            all.add(upstream -> sluice(Sluice.BASELINE, "epoll", earlier, upstream));
        }
        return all;
    }

    private Running go(String way, int upstream) throws IOException {
        int report = Peer.freePort();
        Peer peer = GoProxy.launch(built, directory, way, upstream, report).start();
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
        return new Running(Haproxy.copying(directory, upstream, connections, stats).start(), () -> pooled(stats),
                true);
    }

    /** Bytes of HAProxy's pool of buffers: those in use and those it keeps for the next. */
    private static long pooled(Path stats) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(stats));
            channel.write(ByteBuffer.wrap("show pools\n".getBytes(StandardCharsets.US_ASCII)));
            return number(read(Channels.newInputStream(channel)), "Pool buffer .*?allocated \\((\\d+) bytes\\)");
        }
    }

    private Running nginx(int upstream) throws IOException {
        return new Running(Nginx.launch(directory, upstream).start(), () -> 2L * Nginx.DEFAULT_BUFFER * connections,
                false);
    }

    private Running sluice(String name, String transport, Path tarball, int upstream) throws IOException {
        int port = Peer.freePort();
        int admin = Peer.freePort();
        Path config = Files.writeString(directory.resolve(name + ".yaml"), """
                runtime: { eventLoops: 1, transport: %s }
                memory: { readBuffer: %d }
                admin: { listen: "127.0.0.1:%d" }
                listeners:
                  - { name: seed, listen: "127.0.0.1:%d", cluster: echo }
                clusters:
                  - { name: echo, endpoints: [ { address: "127.0.0.1:%d" } ] }
                """.formatted(transport, BUFFER, admin, port, upstream));
        Peer peer = Peer.of(name, directory, port, tarball.resolve("bin/sluice").toString(), "run", "-c",
                config.toString());
        return new Running(peer, () -> borrowed(admin), true);
    }

    /** The most that was borrowed at once, and the most that was kept for slow receivers. */
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
