package dev.sluice.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Footprint;
import dev.sluice.runtime.testing.TestingTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The memory of clients that wait in the queue of a cluster: little, and no buffer. */
@Tag("footprint")
@Timeout(120)
class QueueFootprintTest {
    private static final int CLIENTS = 128;
    private static final int MOST = 700;

    @Test
    void aClientThatWaitsOwnsNoBuffer() throws IOException {
        if (!TestingTransport.realHearsResets()) {
            // With nio the channels of the JDK alone are more.
            return;
        }
        List<SocketChannel> clients = new ArrayList<>();
        try (ServerSocketChannel upstream = ServerSocketChannel.open()) {
            upstream.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            String yaml = """
                    runtime: { eventLoops: 1, transport: %s }
                    listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                    clusters:
                      - name: app
                        maxConnections: 1
                        queue: { max: 10000, timeout: 1h }
                        endpoints: [ { address: "127.0.0.1:%d" } ]
                    """.formatted(TestingTransport.realName(), upstream.socket().getLocalPort());
            try (ProxyServer server = ProxyServer.builder().config(yaml).start()) {
                wait(server, clients, 1 + CLIENTS);
                Footprint half = Footprint.of(server);
                wait(server, clients, CLIENTS);
                Footprint.Growth each = Footprint.of(server).since(half, CLIENTS);
                assertTrue(each.bytes() > 0 && each.bytes() <= MOST, each::table);
                assertEquals(0, server.stats().buffersBorrowed());
            } finally {
                for (SocketChannel client : clients) {
                    client.close();
                }
            }
        }
    }

    private static void wait(ProxyServer server, List<SocketChannel> clients, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel client = SocketChannel.open(server.address("edge"));
            clients.add(client);
        }
        Await.equal("queued", clients.size() - 1, () -> server.engine().view().clusters().getFirst().queued());
    }
}
