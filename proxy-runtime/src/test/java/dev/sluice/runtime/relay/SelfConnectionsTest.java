package dev.sluice.runtime.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.runtime.transport.StreamSocket;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

/** The recognition of accepted connections that the proxy has dialled itself, by their addresses. */
class SelfConnectionsTest {
    private static final int PORT = 7000;
    private static final InetSocketAddress PRIMARY = at("10.8.8.1", 40_000);
    private static final InetSocketAddress SECONDARY = at("10.8.8.2", PORT);

    private final ListenerState listener = new ListenerState("edge", 1);

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private static StreamSocket socket(InetSocketAddress local, InetSocketAddress remote) {
        StreamSocket socket = mock(StreamSocket.class);
        when(socket.localAddress()).thenReturn(local);
        when(socket.remoteAddress()).thenReturn(remote);
        return socket;
    }

    private boolean leadsBack(SelfConnections self) {
        StreamSocket client = socket(at("10.8.8.1", PORT), at("10.9.9.9", 50_000));
        self.listenOn(PORT);
        self.dialling(1, listener, client, socket(PRIMARY, SECONDARY), SECONDARY);
        return self.leadsBack(listener, socket(SECONDARY, PRIMARY));
    }

    /** To a secondary address, or one of a network that is routed to it, a machine connects from its primary address. */
    @Test
    void aConnectionWithinTheMachineMayHaveTwoAddresses() {
        assertTrue(leadsBack(new SelfConnections(address -> address.equals(SECONDARY.getAddress()))));
    }

    @Test
    void aConnectionToAnotherMachineIsNotWrittenDown() {
        assertFalse(leadsBack(new SelfConnections(address -> false)));
    }

    @Test
    void theSystemIsNotAskedForEachConnect() {
        AtomicInteger asked = new AtomicInteger();
        SelfConnections self = new SelfConnections(address -> {
            asked.incrementAndGet();
            return true;
        });
        for (int i = 0; i < 100; i++) {
            assertTrue(leadsBack(self));
        }
        assertEquals(1, asked.get());
    }

    @Test
    void nothingIsAskedForPortsThatAreNotListenedOn() {
        SelfConnections self = new SelfConnections(address -> {
            throw new AssertionError("asked for " + address);
        });
        self.listenOn(PORT + 1);
        self.dialling(1, listener, socket(SECONDARY, PRIMARY), socket(PRIMARY, SECONDARY), SECONDARY);
        assertFalse(self.leadsBack(listener, socket(SECONDARY, PRIMARY)));
    }
}
