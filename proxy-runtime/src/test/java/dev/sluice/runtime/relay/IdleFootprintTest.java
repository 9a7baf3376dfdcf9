package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Footprint;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jol.info.ClassLayout;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The footprint of an established, idle connection behind all three filters, counted object by object: everything that
 * can be reached from the server and is there once more for each connection, the tables of the poller included. Native
 * memory is the read buffers: idle connections must own none.
 *
 * <p>Counted are the sizes of the JVM that runs this, which has the compact object headers of the tarball.
 */
@Tag("footprint")
@Timeout(120)
class IdleFootprintTest {
    private static final int CONNECTIONS = 128;
    /** The promise is 512. */
    private static final int MOST_ON_EPOLL = 448;
    /** The promise is 2,048, most of which is the JDK's. */
    private static final int MOST_ON_NIO = 1_460;
    /** Direct memory that a loop keeps for the next read, however many connections it has: one slab. */
    private static final long SPARE_BYTES = 256 * 1024;

    /**
     * Objects that the JVM keeps once code has run a few hundred times (reflection data, forms of method handles) hangs
     * from our objects too, and would be counted for the connections of the test that happens to be the first.
     */
    @BeforeAll
    static void warmUp() throws Exception {
        growth(hello(), Integer.MAX_VALUE);
    }

    /** Nothing is heard of the client until the filter that waits for its first bytes gives up. */
    @Test
    void ofAClientThatIsSilentFromTheStart() throws Exception {
        checkFootprint(new byte[0]);
    }

    @Test
    void ofAClientThatSpeaksHttp() throws Exception {
        checkFootprint("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void ofAClientThatSpeaksTls() throws Exception {
        checkFootprint(hello());
    }

    /** It has no chain that keeps what its hello says, but a reference to that. */
    @Test
    void ofAClientThatIsPassedThrough() {
        long side = ClassLayout.parseClass(Side.class).instanceSize();
        long passed = ClassLayout.parseClass(PassedSide.class).instanceSize();
        assertTrue(passed <= side + 8, () -> "its side has " + passed + " bytes; any other has " + side);
    }

    private static byte[] hello() throws Exception {
        SSLEngine tls = SSLContext.getDefault().createSSLEngine("www.example.com", 443);
        tls.setUseClientMode(true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setApplicationProtocols(new String[]{"h2", "http/1.1"});
        tls.setSSLParameters(parameters);
        ByteBuffer hello = ByteBuffer.allocate(tls.getSession().getPacketBufferSize());
        tls.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        return bytes;
    }

    /** Of none of the protocols that are looked for. */
    @Test
    void ofAClientThatSpeaksSomethingElse() throws Exception {
        checkFootprint("\0\0\0\0something else".getBytes(StandardCharsets.US_ASCII));
    }

    private static void checkFootprint(byte[] first) throws Exception {
        int most = TestingTransport.realHearsResets() ? MOST_ON_EPOLL : MOST_ON_NIO;
        Footprint.Growth each = growth(first, most);
        assertTrue(each.bytes() > 0 && each.bytes() <= most,
                () -> "an idle connection may keep " + most + " bytes, and keeps\n" + each.table());
    }

    /**
     * The growth by a number of connections.
     *
     * @param first what each client sends before it falls silent
     * @param most the growth above which more connections are looked at: a queue of the selector grows in a burst, once and
     *     for all, and what a connection keeps is in each number of them
     */
    private static Footprint.Growth growth(byte[] first, int most) throws Exception {
        Peers peers = new Peers(first);
        // One that speaks is to be heard, however busy the machine is.
        String silence = first.length == 0 ? "50ms" : "60s";
        try (TestingProxy proxy = TestingProxy.builder().loops(1).endpoint(peers.address())
                .filter("type: acl, config: { default: deny, rules: [ { deny: [203.0.113.0/24] }, { allow: [0.0.0.0/0] } ] }")
                .filter("type: rate-limit, config: { connections: { per: source, rate: 100000/s, burst: 100000 },"
                        + " concurrent: { per: source, max: 100000 },"
                        + " bandwidth: { direction: upstream-to-client, per: connection, rate: 1GiB/s, burst: 64MiB } }")
                .filter("type: sniff, config: { protocols: [tls, http1], silence: " + silence + ", unknown: pass }")
                .start()) {
            // Closed before the proxy, which looks for what is left open.
            try (peers) {
                peers.connect(proxy, CONNECTIONS);
                Footprint.Growth each = grown(proxy, peers);
                for (int more = 0; more < 2 && each.bytes() > most; more++) {
                    each = grown(proxy, peers);
                }
                return each;
            }
        }
    }

    private static Footprint.Growth grown(TestingProxy proxy, Peers peers) throws IOException {
        Footprint before = look(proxy);
        peers.connect(proxy, CONNECTIONS);
        return look(proxy).since(before, CONNECTIONS);
    }

    private static Footprint look(TestingProxy proxy) {
        Await.equal("direct memory of the loop", SPARE_BYTES, () -> proxy.stats().memoryBytes());
        return Footprint.of(proxy.server());
    }

    /**
     * Clients and upstream of idle connections, on the thread of the test. They are channels because those, unlike sockets, cannot be reached
     * from anything but their owners: whatever can be reached from the server is counted as the server's.
     */
    private static final class Peers implements AutoCloseable {
        private final ServerSocketChannel upstream = ServerSocketChannel.open();
        private final List<SocketChannel> all = new ArrayList<>();
        private final byte[] first;

        Peers(byte[] first) throws IOException {
            this.first = first;
            upstream.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 4096);
        }

        String address() {
            return "127.0.0.1:" + upstream.socket().getLocalPort();
        }

        /** Opens connections, and waits until their first bytes have passed the filters and an answer has come back. */
        void connect(TestingProxy proxy, int count) throws IOException {
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                SocketChannel client = SocketChannel.open(proxy.server().address("edge"));
                clients.add(client);
                client.write(ByteBuffer.wrap(first));
            }
            all.addAll(clients);
            for (int i = 0; i < count; i++) {
                SocketChannel accepted = upstream.accept();
                all.add(accepted);
                read(accepted, first.length);
                accepted.write(ByteBuffer.wrap(new byte[]{'!'}));
            }
            for (SocketChannel client : clients) {
                read(client, 1);
            }
            Await.equal("buffers borrowed", 0L, () -> proxy.stats().buffersBorrowed());
        }

        private static void read(SocketChannel channel, int count) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(count);
            while (bytes.hasRemaining()) {
                assertTrue(channel.read(bytes) > 0, () -> "the stream ended at " + bytes);
            }
        }

        @Override
        public void close() throws IOException {
            upstream.close();
            for (SocketChannel channel : all) {
                channel.close();
            }
        }
    }
}
