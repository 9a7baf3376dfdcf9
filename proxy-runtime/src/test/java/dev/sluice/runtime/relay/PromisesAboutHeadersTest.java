package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The promise about PROXY headers; the others are in {@link PromisesTest}. */
class PromisesAboutHeadersTest {
    private static final String V1 = "PROXY TCP4 192.0.2.7 198.51.100.1 50123 443\r\n";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void p6HeadersComeFromListedSourcesOnlyInExactGrammar() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .listener("proxyProtocol: { trustedSources: [ 127.0.0.1 ] }").start()) {
            try (TestingClient good = proxy.connect()) {
                good.send(bytes(V1 + "x"));
                assertEquals("x", good.readText(1));
            }
            assertTrue(isRefused(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), proxy,
                    "PROXY TCP4 299.168.0.1 1.1.1.1 1 1\r\n"));
            assertTrue(isRefused(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), proxy,
                    "PROXY TCP4 1.1.1.1 1.1.1.1 01 1\r\n"));
            assertTrue(isRefused(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0), proxy, V1));
            Await.equal("refused connections", 3L, () -> proxy.closed(CloseReason.PROXY_HEADER_INVALID));
            assertEquals(1, upstream.accepted());
        }
    }

    /** Whether a client at an address is reset after it has sent a header. */
    private static boolean isRefused(InetSocketAddress from, TestingProxy proxy, String header) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(from);
            socket.connect(proxy.server().address("edge"));
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes(header));
            socket.getInputStream().read();
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }
}
