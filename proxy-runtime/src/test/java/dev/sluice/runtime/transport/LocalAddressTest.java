package dev.sluice.runtime.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.transport.epoll.EpollTransport;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The address of one end of a connection is that of the other end's peer, also where IPv4 comes to an IPv6 socket. */
class LocalAddressTest {
    private static final SocketOptions OPTIONS = new SocketOptions(true, 0, 0, 0, 0);

    private static final class IgnoringHandler implements ReadyHandler {
        @Override
        public void onReady(boolean readable, boolean writable) {}

        @Override
        public void onFailure(Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    static Stream<Arguments> listeners() {
        return Stream.of("127.0.0.1", "::1", "::").flatMap(listen -> Stream.of(new NioTransport(), new EpollTransport())
                .filter(transport -> !(transport instanceof EpollTransport) || EpollTransport.whyNot() == null)
                .map(transport -> Arguments.of(transport, listen)));
    }

    @ParameterizedTest
    @MethodSource("listeners")
    void eachEndSeesTheOther(Transport transport, String listen) throws Exception {
        try (Poller poller = transport.openPoller()) {
            ServerSocket listening = transport.listen(new InetSocketAddress(InetAddress.ofLiteral(listen), 0),
                    new ListenOptions(1, false, OPTIONS));
            InetAddress target = InetAddress.ofLiteral(listen.equals("::1") ? "::1" : "127.0.0.1");
            InetSocketAddress address = new InetSocketAddress(target,
                    ((InetSocketAddress) listening.address()).getPort());
            StreamSocket client = poller.connect(address, OPTIONS, new IgnoringHandler());
            StreamSocket accepted = Await.value("an accepted connection", listening::accept, Objects::nonNull);
            poller.register(accepted, new IgnoringHandler());
            Await.until("the connect to have ended", client::finishConnect);

            assertEquals(address, accepted.localAddress());
            assertEquals(accepted.remoteAddress(), client.localAddress());
            client.close();
            accepted.close();
            listening.close();
        }
    }

    /** One of the second kind is for documentation (RFC 5737, RFC 3849), and no machine's own. */
    @ParameterizedTest
    @MethodSource("listeners")
    void theMachinesOwnAddressesAreKnownFromOthers(Transport transport, String listen) {
        assertTrue(transport.isLocal(InetAddress.ofLiteral("127.0.0.1")));
        assertTrue(transport.isLocal(InetAddress.ofLiteral("127.9.9.9")));
        assertFalse(transport.isLocal(InetAddress.ofLiteral("192.0.2.1")));
        assertFalse(transport.isLocal(InetAddress.ofLiteral("2001:db8::1")));
    }
}
