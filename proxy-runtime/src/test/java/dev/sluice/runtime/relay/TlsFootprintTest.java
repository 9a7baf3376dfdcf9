package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Footprint;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.tls.jdk.TestingTlsClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** The footprint of an idle connection whose TLS ends at the proxy, behind a filter, after a record each way. */
@Tag("footprint")
@Timeout(120)
class TlsFootprintTest {
    private static final int CONNECTIONS = 128;
    /** With AES-256; a plain connection may keep 448 and 1,460. */
    private static final int MOST_ON_EPOLL = 768;
    private static final int MOST_ON_NIO = 1_800;
    private static final long SPARE_BYTES = 256 * 1024;

    @Test
    void ofAClientWithTls13(@TempDir Path directory) throws Exception {
        Path certificate = new TestingAuthority(directory, "authority").certificate("site", "dns:a.example");
        int most = TestingTransport.realHearsResets() ? MOST_ON_EPOLL : MOST_ON_NIO;
        List<TestingTlsClient> clients = new ArrayList<>();
        List<SocketChannel> served = new ArrayList<>();
        try (ServerSocketChannel upstream = ServerSocketChannel.open()) {
            upstream.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 4096);
            int port = ((InetSocketAddress) upstream.getLocalAddress()).getPort();
            try (TestingProxy proxy = TestingProxy.builder().loops(1).endpoint("127.0.0.1:" + port)
                    .listener("tls: { certificates: [ { certificate: " + certificate + ", key: "
                            + certificate.toString().replace(".pem", ".key") + " } ] }")
                    .filter("type: acl, config: { default: allow }").start()) {
                try {
                    SocketAddress edge = proxy.server().address("edge");
                    connect(edge, upstream, clients, served);
                    Footprint.Growth each = grown(proxy, edge, upstream, clients, served);
                    for (int more = 0; more < 2 && each.bytes() > most; more++) {
                        each = grown(proxy, edge, upstream, clients, served);
                    }
                    Footprint.Growth last = each;
                    System.out.println("An idle connection with TLS 1.3 keeps " + last.bytes() + " bytes.");
                    assertTrue(last.bytes() > 0 && last.bytes() <= most,
                            () -> "an idle connection with TLS may keep " + most + " bytes, and keeps\n"
                                    + last.table());
                } finally {
                    for (TestingTlsClient client : clients) {
                        client.close();
                    }
                    for (SocketChannel peer : served) {
                        peer.close();
                    }
                }
            }
        }
    }

    private static Footprint.Growth grown(TestingProxy proxy, SocketAddress edge, ServerSocketChannel upstream,
            List<TestingTlsClient> clients, List<SocketChannel> served) throws Exception {
        Footprint before = look(proxy);
        connect(edge, upstream, clients, served);
        return look(proxy).since(before, CONNECTIONS);
    }

    private static Footprint look(TestingProxy proxy) {
        Await.equal("direct memory of the loop", SPARE_BYTES, () -> proxy.stats().memoryBytes());
        return Footprint.of(proxy.server());
    }

    private static void connect(SocketAddress edge, ServerSocketChannel upstream, List<TestingTlsClient> clients,
            List<SocketChannel> served) throws Exception {
        for (int i = 0; i < CONNECTIONS; i++) {
            TestingTlsClient client = new TestingTlsClient("a.example").connect(edge);
            clients.add(client);
            SocketChannel peer = upstream.accept();
            served.add(peer);
            client.write(client.peer().data("hello"));
            java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(64);
            while (bytes.position() < 5) {
                if (peer.read(bytes) < 0) {
                    throw new IOException("the end of the stream");
                }
            }
            peer.write(bytes.flip());
            client.next();
        }
    }
}
