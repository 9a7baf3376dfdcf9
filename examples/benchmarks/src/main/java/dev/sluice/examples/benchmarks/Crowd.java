package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The crowd of the seed essay: very many connections of which a few are active at a time. Each has a byte sequence of its own, and every
 * byte that comes back is compared with the one that was sent. The upstream is an {@link EchoServer} in this process.
 */
public final class Crowd {
    private static final int LARGEST = 16 * 1024;

    private final Selector selector = Selector.open();
    private final Random random = new Random(42);
    private final ByteBuffer sending = ByteBuffer.allocateDirect(LARGEST);
    private final ByteBuffer receiving = ByteBuffer.allocateDirect(64 * 1024);
    private final List<Member> members = new ArrayList<>();
    private final Deque<Member> idle = new ArrayDeque<>();
    private long messages;
    private long bytes;

    private Crowd() throws IOException {}

    /** One connection. */
    private final class Member {
        private final SocketChannel channel;
        private final int seed;
        private long sent;
        private long received;

        Member(int port, int seed) throws IOException {
            this.seed = seed;
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        /** The byte at a position of this connection's own sequence. */
        private byte at(long position) {
            long mixed = (position + seed * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
            return (byte) (mixed >>> 56);
        }

        void send() throws IOException {
            int size = 1 + random.nextInt(LARGEST);
            sending.clear();
            for (int i = 0; i < size; i++) {
                sending.put(at(sent + i));
            }
            sending.flip();
            while (sending.hasRemaining()) {
                channel.write(sending);
            }
            sent += size;
        }

        void receive() throws IOException {
            receiving.clear();
            int count = channel.read(receiving);
            if (count < 0) {
                throw new IOException("connection " + seed + " was closed");
            }
            for (int i = 0; i < count; i++) {
                if (receiving.get(i) != at(received + i)) {
                    throw new IOException("connection " + seed + ": wrong byte at " + (received + i));
                }
            }
            received += count;
            bytes += count;
            if (received == sent) {
                messages++;
                idle.add(this);
            }
        }
    }

    /** {@code PROXY_PORT UPSTREAM_PORT CONNECTIONS SECONDS METRICS_URL}; the proxy forwards the first to the second. */
    public static void main(String[] args) throws IOException {
        int connections = Integer.parseInt(args[2]);
        int seconds = Integer.parseInt(args[3]);
        String metrics = args[4];
        try (EchoServer echo = new EchoServer(Integer.parseInt(args[1]))) {
            Crowd crowd = new Crowd();
            for (int i = 0; i < connections; i++) {
                crowd.members.add(crowd.new Member(Integer.parseInt(args[0]), i));
            }
            crowd.idle.addAll(crowd.members);
            crowd.run(connections / 20, TimeUnit.SECONDS.toNanos(seconds));
            double borrowed = metric(metrics, "sluice_buffers_borrowed ");
            double peak = metric(metrics, "sluice_buffers_borrowed_peak ");
            System.out.printf(Locale.ROOT,
                    "%d connections, %d active at a time, %d s: %d messages, %.1f MB echoed, every byte compared; upstream port %d%n"
                            + "buffers borrowed now %.0f, peak %.0f = %.2f %% of the connections%n",
                    connections, connections / 20, seconds, crowd.messages, crowd.bytes / 1e6, echo.port(), borrowed,
                    peak,
                    100 * peak / connections);
            if (borrowed != 0 || peak * 10 >= connections) {
                System.exit(1);
            }
        }
    }

    private void run(int active, long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            while (members.size() - idle.size() < active) {
                idle.remove().send();
            }
            selector.select(this::onReady, 100);
        }
        while (idle.size() < members.size()) {
            selector.select(this::onReady, 100);
        }
    }

    private void onReady(SelectionKey key) {
        try {
            ((Member) key.attachment()).receive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double metric(String url, String name) throws IOException {
        try (InputStream in = URI.create(url).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length()))).findFirst()
                    .orElseThrow(() -> new IOException("no metric " + name + "at " + url));
        }
    }
}
