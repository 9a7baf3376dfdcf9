package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@EnabledOnOs(OS.LINUX)
class ActivatedTransportTest {
    private static final ListenOptions OPTIONS = new ListenOptions(64, false, new SocketOptions(true, 60, 15, 4, 0));

    private final Ledger ledger = Ledger.open();

    @AfterEach
    void nothingIsLeft() {
        ledger.settle();
    }

    private static void accepts(ServerSocket socket, SocketAddress address) throws Exception {
        assertEquals(address, socket.address());
        // It does not block: the manager's socket did.
        assertNull(socket.accept());
        try (TestingClient client = TestingClient.connect(address)) {
            assertAccepted(socket);
        }
    }

    private static void assertAccepted(ServerSocket socket) throws TransportException {
        StreamSocket accepted = socket.accept();
        assertNotNull(accepted);
        accepted.close();
    }

    @Test
    void whoListensOnItsAddressGetsItAndLeavesItOpen() throws Exception {
        try (TestingPassedSocket passed = TestingPassedSocket.onAnyPort("web")) {
            ActivatedTransport transport = new ActivatedTransport(List.of(passed.socket()));
            assertFalse(passed.socket().used());
            ServerSocket first = transport.listen(passed.address(), OPTIONS);
            assertTrue(passed.socket().used());
            assertTrue(first.isPassedIn());
            assertTrue(first.isInPlace());
            accepts(first, passed.address());
            assertFalse(first.refuseHandshakes());
            assertThrows(TransportException.class, () -> first.shared(true));
            first.close();
            first.close();
            try (TestingClient waiting = TestingClient.connect(passed.address())) {
                ServerSocket second = transport.listen(passed.address(), OPTIONS);
                assertAccepted(second);
                second.close();
            }
        }
    }

    /** Its place in the epoll set belongs to the socket, not to the descriptor, and would outlive this. */
    @Test
    void oneThatIsClosedReportsNothingToItsPoller() throws Exception {
        try (TestingPassedSocket passed = TestingPassedSocket.onAnyPort("web")) {
            ActivatedTransport transport = new ActivatedTransport(List.of(passed.socket()));
            Poller poller = transport.openPoller();
            try {
                ServerSocket socket = transport.listen(passed.address(), OPTIONS);
                poller.register(socket, new ReadyHandler() {
                    @Override
                    public void onReady(boolean readable, boolean writable) {}

                    @Override
                    public void onFailure(Throwable failure) {}
                });
                socket.interest(true);
                socket.close();
                try (TestingClient waiting = TestingClient.connect(passed.address())) {
                    Woken woken = new Woken();
                    Duration time = Duration.ofMillis(20);
                    long before = System.nanoTime();
                    assertEquals(0, poller.poll(time.toNanos(), woken));
                    assertNull(woken.handler);
                    assertTrue(System.nanoTime() - before >= time.toNanos(), "the loop would not sleep again");
                }
                ServerSocket left = transport.listen(passed.address(), OPTIONS);
                poller.register(left, new ReadyHandler() {
                    @Override
                    public void onReady(boolean readable, boolean writable) {}

                    @Override
                    public void onFailure(Throwable failure) {}
                });
            } finally {
                // With the socket that is registered.
                poller.close();
            }
            TestingClient.connect(passed.address()).close();
        }
    }

    /** Remembers the handler that was called. */
    private static final class Woken implements Poller.Dispatcher {
        private @Nullable ReadyHandler handler;

        @Override
        public void awake() {}

        @Override
        public void dispatch(ReadyHandler ready, boolean readable, boolean writable) {
            handler = ready;
        }

        @Override
        public void hangUp(ReadyHandler broken, int how) {
            handler = broken;
        }
    }

    @Test
    void theFileOfAUnixSocketStays(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("web.sock");
        try (TestingPassedSocket passed = TestingPassedSocket.on(UnixDomainSocketAddress.of(path), "web")) {
            ServerSocket socket = new ActivatedTransport(List.of(passed.socket())).listen(passed.address(), OPTIONS);
            assertEquals(UnixDomainSocketAddress.of(path), socket.address());
            assertNull(socket.accept());
            socket.close();
            assertTrue(Files.exists(path));
        }
    }

    @Test
    void otherAddressesAreBound() throws Exception {
        try (TestingPassedSocket passed = TestingPassedSocket.onAnyPort("web");
                TestingPassedSocket other = TestingPassedSocket.onAnyPort("other")) {
            SocketAddress free = other.address();
            other.close();
            ServerSocket socket = new ActivatedTransport(List.of(passed.socket())).listen(free, OPTIONS);
            assertFalse(socket.isPassedIn());
            accepts(socket, free);
            socket.close();
            assertFalse(passed.socket().used());
        }
    }

    @Test
    void whatDoesNotListenIsRefused() throws Exception {
        try (CallScratch scratch = new CallScratch()) {
            int unbound = Errno.check(Libc.socket(scratch, Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0));
            int datagrams = Errno.check(Libc.socket(scratch, Linux.AF_INET, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0));
            int event = Errno.check(Libc.eventfd(scratch, 0, Linux.EFD_CLOEXEC));
            for (int descriptor : new int[]{unbound, datagrams}) {
                assertEquals("it is no stream socket that listens",
                        assertThrows(TransportException.class, () -> PassedSocket.of(descriptor, "x")).getMessage());
            }
            assertThrows(TransportException.class, () -> PassedSocket.of(event, "x"));
            Libc.close(unbound);
            Libc.close(datagrams);
            Libc.close(event);
            assertThrows(TransportException.class, () -> PassedSocket.of(event, "x"));
        }
    }
}
