package dev.sluice.junit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.function.Supplier;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The addresses of servers of all kinds. */
class ServerAddressTest {
    private static final InetAddress LOCALHOST = InetAddress.ofLiteral("127.0.0.1");
    private static final SocketAddress EIGHTY = new InetSocketAddress(LOCALHOST, 80);

    /** As a container of Testcontainers. */
    public static final class Container {
        public String getHost() {
            return "127.0.0.2";
        }

        public Integer getFirstMappedPort() {
            return 32_768;
        }
    }

    /** A server that is not public, as most in tests are. */
    private record Fake(int port) {}

    @Test
    void serversOfTheJdkAreKnown() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, LOCALHOST);
                ServerSocketChannel channel = ServerSocketChannel.open()) {
            channel.bind(new InetSocketAddress(LOCALHOST, 0));
            HttpServer http = HttpServer.create(new InetSocketAddress(LOCALHOST, 0), 0);
            try {
                assertEquals(List.of(socket.getLocalSocketAddress(), channel.getLocalAddress(), http.getAddress()),
                        ServerAddress.all(List.of(socket, channel, http)));
            } finally {
                http.stop(0);
            }
        }
    }

    @Test
    void othersAreKnownByTheirMethods() {
        Supplier<Object> supplier = () -> List.of(80, "127.0.0.1:80");
        assertEquals(List.of(EIGHTY, EIGHTY), ServerAddress.all(supplier));
        assertEquals(List.of(EIGHTY, EIGHTY), ServerAddress.all(new int[]{80, 80}));
        assertEquals(List.of(EIGHTY), ServerAddress.all(new Object[]{new Fake(80)}));
        assertEquals(List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 32_768)),
                ServerAddress.all(new Container()));
        assertEquals(List.of(new InetSocketAddress(InetAddress.ofLiteral("::1"), 80)), ServerAddress.all("[::1]:80"));
        assertEquals(List.of(UnixDomainSocketAddress.of("/run/a.sock")), ServerAddress.all("unix:/run/a.sock"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:65536", ""})
    void textWithoutAnAddressIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> ServerAddress.all(text));
    }

    @Test
    void aServerThatIsNotBoundIsRefused() throws Exception {
        try (ServerSocket socket = new ServerSocket()) {
            assertThrows(IllegalArgumentException.class, () -> ServerAddress.all(socket));
        }
        assertThrows(IllegalArgumentException.class, () -> ServerAddress.all(0));
    }
}
