package dev.sluice.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** {@code socket.ipv6Only}: a listener on [::] that leaves IPv4 to another one on the same port. */
class Ipv6OnlyTest {
    private static String listener(String name, String address, String cluster, String socket) {
        return "  - { name: %s, listen: \"%s\", cluster: %s%s }\n".formatted(name, address, cluster, socket);
    }

    private static String clusters(TestingUpstream four, TestingUpstream six) {
        return "clusters:\n  - { name: four, endpoints: [ { address: \"%s\" } ] }\n  - { name: six, endpoints: [ { address: \"%s\" } ] }\n"
                .formatted(four.address(), six.address());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0));
            return socket.getLocalPort();
        }
    }

    private static int firstByte(String address, int port) throws IOException {
        try (Socket client = new Socket(InetAddress.ofLiteral(address), port)) {
            return client.getInputStream().read();
        }
    }

    @Test
    void bothFamiliesOfOnePortLeadToDifferentClusters() throws Exception {
        assumeTrue(TestingTransport.realHearsResets(), "the JDK cannot say that a socket is for IPv6 only");
        int port = freePort();
        try (TestingUpstream four = TestingUpstream.start(client -> client.getOutputStream().write('4'));
                TestingUpstream six = TestingUpstream.start(client -> client.getOutputStream().write('6'));
                ProxyServer proxy = ProxyServer.builder().config("listeners:\n"
                        + listener("four", "0.0.0.0:" + port, "four", "")
                        + listener("six", "[::]:" + port, "six", ", socket: { ipv6Only: true }")
                        + clusters(four, six)).start()) {
            assertEquals('4', firstByte("127.0.0.1", port));
            assertEquals('6', firstByte("::1", port));
        }
    }

    @Test
    void withoutItTheRefusalNamesTheKey() throws Exception {
        int port = freePort();
        try (TestingUpstream four = TestingUpstream.echo(); TestingUpstream six = TestingUpstream.echo()) {
            ConfigurationException refused = assertThrows(ConfigurationException.class,
                    () -> ProxyServer.builder().config("listeners:\n" + listener("four", "0.0.0.0:" + port, "four", "")
                            + listener("six", "[::]:" + port, "six", "") + clusters(four, six)).start());
            assertTrue(String.valueOf(refused.getMessage()).contains("ipv6Only"), refused::getMessage);
        }
    }
}
