package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.TestingServers;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Field case 2 at run time: the address that leads back becomes this machine's only after the start. */
class ProxyLoopTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** An address for documentation (RFC 5737), which the network of the test translates to the loopback address. */
    private static final String LATER = "192.0.2.1";

    private static SocketAddress translate(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress().equals(InetAddress.ofLiteral(LATER))
                ? new InetSocketAddress(LOOPBACK, inet.getPort())
                : address;
    }

    private static List<Integer> freePorts(int count) throws Exception {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0, 1, LOOPBACK));
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static ProxyServer start(String yaml) {
        TestingTransport transport = new TestingTransport();
        transport.redirect(ProxyLoopTest::translate);
        return TestingServers.start(yaml, transport);
    }

    private static long closed(ProxyServer server, CloseReason reason) {
        return server.stats().closed().getOrDefault(reason, 0L);
    }

    /** A reset may come before the client's system has reported the connect. */
    private static void assertReset(ProxyServer server, String listener) throws IOException {
        TestingClient client;
        try {
            client = TestingClient.connect(server, listener);
        } catch (SocketException reset) {
            return;
        }
        try (client) {
            assertEquals(End.RESET, client.end());
        }
    }

    /**
     * Where the addresses of a connecting socket are known, and on one loop, nothing overtakes; elsewhere a few more
     * are accepted first.
     */
    private static void assertCut(ProxyServer server, boolean oneLoop, int connections) {
        long cut = closed(server, CloseReason.PROXY_LOOP);
        long accepted = server.stats().connectionsTotal();
        boolean exact = oneLoop && TestingTransport.realHearsResets();
        assertTrue(exact ? cut == 1 && accepted == connections : cut >= 1 && accepted <= connections + 10,
                () -> accepted + " connections, ends: " + server.stats().closed());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aListenerThatDialsItselfIsCutAtOnce(int loops) throws Exception {
        int port = freePorts(1).getFirst();
        Ledger ledger = Ledger.open();
        try (ProxyServer server = start("""
                runtime: { eventLoops: %d }
                listeners: [ { name: edge, listen: "127.0.0.1:%d", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "%s:%d" } ] } ]
                """.formatted(loops, port, LATER, port))) {
            assertReset(server, "edge");
            Await.equal("open connections", 0, () -> server.stats().connectionsActive());
            assertCut(server, loops == 1, 2);
        }
        ledger.settle();
    }

    @Test
    void aRingOverTwoListenersIsCutWhereItCloses() throws Exception {
        List<Integer> ports = freePorts(2);
        try (ProxyServer server = start("""
                runtime: { eventLoops: 1 }
                listeners:
                  - { name: front, listen: "127.0.0.1:%1$d", cluster: to-back }
                  - { name: back, listen: "127.0.0.1:%2$d", cluster: to-front }
                clusters:
                  - { name: to-back, endpoints: [ { address: "127.0.0.1:%2$d" } ] }
                  - { name: to-front, endpoints: [ { address: "%3$s:%1$d" } ] }
                """.formatted(ports.get(0), ports.get(1), LATER))) {
            assertReset(server, "front");
            Await.equal("open connections", 0, () -> server.stats().connectionsActive());
            // Front, back, and front again.
            assertCut(server, true, 3);
        }
    }

    @Test
    void aListenerBeforeAnotherOneIsInOrder() throws Exception {
        List<Integer> ports = freePorts(2);
        try (TestingUpstream upstream = TestingUpstream.echo(); ProxyServer server = start("""
                runtime: { eventLoops: 2 }
                listeners:
                  - { name: front, listen: "127.0.0.1:%1$d", cluster: to-back }
                  - { name: back, listen: "127.0.0.1:%2$d", cluster: app }
                clusters:
                  - { name: to-back, endpoints: [ { address: "127.0.0.1:%2$d" } ] }
                  - { name: app, endpoints: [ { address: "%3$s" } ] }
                """.formatted(ports.get(0), ports.get(1), upstream.address()))) {
            for (int i = 0; i < 20; i++) {
                try (TestingClient client = TestingClient.connect(server, "front")) {
                    assertEquals("through both", client.roundTrip("through both"));
                }
            }
            Await.equal("open connections", 0, () -> server.stats().connectionsActive());
            assertEquals(0, closed(server, CloseReason.PROXY_LOOP));
            assertEquals(40, server.stats().connectionsTotal());
        }
    }
}
