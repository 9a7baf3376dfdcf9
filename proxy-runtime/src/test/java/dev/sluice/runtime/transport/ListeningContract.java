package dev.sluice.runtime.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.Ledger;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Binding, accepting, connecting, and the life of a poller. A test of a transport extends this and says which one. */
public abstract class ListeningContract extends TransportFixture {
    @Test
    void aRefusedConnectIsToldAsSuch() throws TransportException {
        ServerSocket gone = listen(loopback(0), 1);
        gone.close();
        TransportException failure = assertThrows(TransportException.class, () -> {
            StreamSocket connecting = poller().connect(gone.address(), OPTIONS, client);
            try {
                pollUntil("the connect to end", () -> client.writable);
                connecting.finishConnect();
            } finally {
                connecting.close();
            }
        });
        assertEquals(TransportException.Kind.REFUSED, failure.kind());
    }

    @Test
    void anAddressInUseIsRefusedAndFreedByClose() throws TransportException {
        ServerSocket first = listen(loopback(0), 128);
        TransportException failure = assertThrows(TransportException.class,
                () -> listen(first.address(), 128));
        assertEquals(TransportException.Kind.ADDRESS_IN_USE, failure.kind(), failure.getMessage());
        first.close();
        listen(first.address(), 128).close();
    }

    @Test
    void anAddressOfAnotherMachineIsToldFromOneInUse() {
        TransportException failure = assertThrows(TransportException.class,
                () -> listen(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0), 128));
        assertEquals(TransportException.Kind.ADDRESS_NOT_AVAILABLE, failure.kind(), failure.getMessage());
    }

    /** TCP has no way to a group. */
    @Test
    void aDestinationWithoutAWayIsUnreachable() {
        TransportException failure = assertThrows(TransportException.class, () -> poller()
                .connect(new InetSocketAddress(InetAddress.ofLiteral("224.0.0.1"), 9), OPTIONS, client));
        assertEquals(TransportException.Kind.UNREACHABLE, failure.kind(), failure.getMessage());
    }

    @Test
    void theWildcardOfOneFamilyLeavesTheOtherAlone() throws TransportException {
        ServerSocket four = listen(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0), 1);
        int port = ((InetSocketAddress) four.address()).getPort();
        TransportException failure = assertThrows(TransportException.class, () -> {
            StreamSocket connecting = poller().connect(new InetSocketAddress(InetAddress.ofLiteral("::1"), port),
                    OPTIONS, client);
            try {
                pollUntil("the connect to end", () -> client.writable);
                connecting.finishConnect();
            } finally {
                connecting.close();
            }
        });
        assertEquals(TransportException.Kind.REFUSED, failure.kind());
        four.close();
    }

    /** An IPv6-only wildcard, so that [::] and 0.0.0.0 may have listeners of their own on one port. */
    @Test
    void anIpv6WildcardLeavesIpv4ToAnotherSocketIfAskedTo() throws TransportException {
        ListenOptions ipv6Only = new ListenOptions(1, true, OPTIONS);
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("::"), 0);
        if (!isNative()) {
            TransportException failure = assertThrows(TransportException.class,
                    () -> transport().listen(any, ipv6Only));
            assertEquals(TransportException.Kind.UNSUPPORTED, failure.kind());
            return;
        }
        ServerSocket six = transport().listen(any, ipv6Only);
        int port = ((InetSocketAddress) six.address()).getPort();
        InetSocketAddress four = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), port);
        listen(four, 1).close();
        six.close();
        ServerSocket both = listen(new InetSocketAddress(any.getAddress(), port), 1);
        TransportException failure = assertThrows(TransportException.class, () -> listen(four, 1));
        assertEquals(TransportException.Kind.ADDRESS_IN_USE, failure.kind());
        both.close();
    }

    @Test
    void acceptTellsThatNobodyWaits() throws TransportException {
        ServerSocket listening = listen(loopback(0), 1);
        poller().register(listening, listener);
        listening.interest(true);
        assertNull(listening.accept());
    }

    @Test
    void aListenerIsReportedOnceItIsInterestedAndNotWhilePaused() throws TransportException {
        ServerSocket listening = listen(loopback(0), 1);
        poller().register(listening, listener);
        StreamSocket connecting = poller().connect(listening.address(), OPTIONS, client);
        pollUntil("the connect to end", () -> client.writable);
        assertTrue(connecting.finishConnect());
        assertFalse(listener.readable);
        listening.interest(true);
        pollUntil("a connection to accept", () -> listener.readable);
        listening.interest(false);
        listener.readable = false;
        poller().poll(0, new TestingDispatcher());
        assertFalse(listener.readable);
        listening.interest(true);
        pollUntil("a connection to accept", () -> listener.readable);
    }

    /** How a listener moves from one address of a port to the wildcard, and back. */
    @Test
    void theWildcardCanBeBoundBesideASocketThatSharesItsPort() throws TransportException {
        ServerSocket one = listen(loopback(0), 1);
        int port = ((InetSocketAddress) one.address()).getPort();
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), port);
        ListenOptions options = new ListenOptions(1, false, OPTIONS);
        assertThrows(TransportException.class, () -> transport().listen(any, options.beside()));
        one.shared(true);
        assertThrows(TransportException.class, () -> transport().listen(any, options));
        ServerSocket all = transport().listen(any, options.beside());
        one.shared(false);
        all.shared(false);
        assertThrows(TransportException.class, () -> transport().listen(any, options));
        one.close();
        all.close();
    }

    @Test
    void optionsOfConnectionsThatArriveLaterCanChange() throws TransportException {
        ServerSocket listening = listen(loopback(0), 1);
        ListenOptions changed = new ListenOptions(1, false, new SocketOptions(false, 7, 3, 2, 0));
        listening.configure(changed);
        ListenOptions longer = new ListenOptions(64, false, changed.accepted());
        if (transport().canChangeBacklog()) {
            listening.configure(longer);
        } else {
            assertEquals(TransportException.Kind.UNSUPPORTED,
                    assertThrows(TransportException.class, () -> listening.configure(longer)).kind());
        }
        connect(listening);
        listening.close();
    }

    /** A client that comes while a listener is emptied is not reset: it tries again. */
    @Test
    void aListenerThatRefusesHandshakesKeepsThoseThatAreComplete() throws TransportException {
        ServerSocket listening = listen(loopback(0), 8);
        poller().register(listening, listener);
        StreamSocket early = poller().connect(listening.address(), OPTIONS, client);
        pollUntil("the connect to end", () -> client.writable);
        assertTrue(early.finishConnect());
        early.interest(false, false);
        boolean refusing = listening.refuseHandshakes();
        assertEquals(isNative(), refusing);
        if (refusing) {
            client.writable = false;
            StreamSocket late = poller().connect(listening.address(), OPTIONS, client);
            poller().poll(0, new TestingDispatcher());
            assertFalse(client.writable, "neither connected nor refused");
            late.close();
        }
        Objects.requireNonNull(listening.accept()).close();
        assertNull(listening.accept());
        early.close();
        listening.close();
    }

    @Test
    void wakeupEndsAWaitNowOrTheNextOne() {
        poller().wakeup();
        assertEquals(0, poller().poll(-1, new TestingDispatcher()));
        Thread other = Thread.ofVirtual().start(() -> poller().wakeup());
        assertEquals(0, poller().poll(-1, new TestingDispatcher()));
        assertTrue(joined(other));
    }

    @Test
    void anAcceptedSocketMayBelongToAnotherPoller() throws TransportException {
        ServerSocket listening = listen(loopback(0), 1);
        poller().register(listening, listener);
        listening.interest(true);
        StreamSocket connecting = poller().connect(listening.address(), OPTIONS, client);
        pollUntil("a connection to accept", () -> listener.readable);
        StreamSocket accepted = Objects.requireNonNull(listening.accept());
        pollUntil("the connect to end", () -> client.writable);
        assertTrue(connecting.finishConnect());
        Poller first = poller();
        try {
            opened = transport().openPoller();
            poller().register(accepted, server);
            connecting.write(buffers.of("x"));
            assertEquals(1, readWhenReady(accepted, server, buffers.empty()));
        } finally {
            first.close();
        }
    }

    @Test
    void tenThousandConnectionsLeaveNoDescriptor() throws TransportException {
        ServerSocket listening = listen(loopback(0), 128);
        poller().register(listening, listener);
        listening.interest(true);
        long before = Ledger.descriptors();
        for (int i = 0; i < 10_000; i++) {
            client.writable = false;
            StreamSocket connecting = poller().connect(listening.address(), OPTIONS, client);
            pollUntil("the connect to end", () -> client.writable);
            StreamSocket accepted = Objects.requireNonNull(listening.accept());
            poller().register(accepted, server);
            // No TIME_WAIT, which would use up the local ports.
            connecting.reset();
            accepted.close();
        }
        poller().poll(0, new TestingDispatcher());
        assertEquals(before, Ledger.descriptors());
    }

    /** Descriptors are numbers, and those of the poller are others' now. */
    @Test
    void aWakeupOfAClosedPollerReachesNobody() throws TransportException {
        ServerSocket listening = listen(loopback(0), 1);
        Poller gone = transport().openPoller();
        gone.close();
        Pair pair = connect(listening);
        gone.wakeup();
        Buffer target = buffers.empty();
        assertEquals(0, pair.client().read(target));
        assertEquals(0, pair.server().read(target));
    }

    @Test
    void closingThePollerClosesEverySocketOnIt() throws TransportException {
        Pair pair = connectTcp();
        poller().close();
        assertEquals(StreamSocket.BROKEN, pair.client().write(buffers.of("x")));
        opened = transport().openPoller();
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(Duration.ofNanos(PATIENCE));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
