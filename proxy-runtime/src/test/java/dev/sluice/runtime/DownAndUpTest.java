package dev.sluice.runtime;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Listeners and endpoints that are taken down on request, as if they were dead, and up again. */
class DownAndUpTest {
    @Test
    void aListenerThatIsDownIsRefusedAndKeepsItsPort() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient open = proxy.connect()) {
            assertEquals("open", open.roundTrip("open"));
            ProxyListener edge = proxy.server().listener("edge");
            SocketAddress address = edge.address();
            for (int i = 0; i < 5; i++) {
                edge.down();
                edge.down();
                assertTrue(edge.isDown());
                assertThrows(ConnectException.class, () -> TestingClient.connect(address));
                assertEquals("goes on", open.roundTrip("goes on"));
                edge.up();
                edge.up();
                assertFalse(edge.isDown());
                assertEquals(address, edge.address());
                try (TestingClient again = TestingClient.connect(address)) {
                    assertEquals("again", again.roundTrip("again"));
                }
            }
        }
    }

    @Test
    void aReloadLeavesItDown() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingUpstream next = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(upstream)) {
            ProxyListener edge = proxy.server().listener("edge");
            SocketAddress address = edge.address();
            edge.down();
            proxy.server().reload(TestingProxy.builder().endpoint(next).yaml());
            assertTrue(edge.isDown());
            assertThrows(ConnectException.class, () -> TestingClient.connect(address));
            edge.up();
            try (TestingClient client = TestingClient.connect(address)) {
                assertEquals("new", client.roundTrip("new"));
                assertEquals(1, next.accepted());
            }
        }
    }

    @Test
    void aServerThatDrainsTakesNothingUp() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            ProxyListener edge = proxy.server().listener("edge");
            edge.down();
            proxy.server().drain(Duration.ZERO);
            StartException refused = assertThrows(StartException.class, edge::up);
            assertEquals("listener edge: the server does not serve, or drains", refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> proxy.server().listener("egde"));
        }
    }

    /** Whether a client is reset, perhaps before it knows that it is connected. */
    private static boolean isReset(TestingProxy proxy) throws IOException {
        try (TestingClient client = proxy.connect()) {
            return client.end() == End.RESET;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void anEndpointThatIsDownRefusesAndIsUpAtOnce() throws Exception {
        try (TestingUpstream first = TestingUpstream.echo();
                TestingUpstream second = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(first).endpoint(second).start();
                TestingClient open = proxy.connect()) {
            assertEquals("open", open.roundTrip("open"));
            ProxyEndpoint one = proxy.server().endpoint("app", first.address());
            ProxyEndpoint other = proxy.server().endpoint("app", second.address());
            one.down();
            int before = first.accepted();
            for (int i = 0; i < 4; i++) {
                try (TestingClient client = proxy.connect()) {
                    assertEquals("the other one", client.roundTrip("the other one"));
                }
            }
            assertEquals(before, first.accepted());
            other.down();
            assertTrue(isReset(proxy));
            assertEquals("still", open.roundTrip("still"));
            one.up();
            try (TestingClient client = proxy.connect()) {
                assertEquals("back", client.roundTrip("back"));
            }
            assertEquals(before + 1, first.accepted());
            assertEquals(1, proxy.closed(CloseReason.CONNECT_FAILED) + proxy.closed(CloseReason.NO_ENDPOINT));
        }
    }
}
