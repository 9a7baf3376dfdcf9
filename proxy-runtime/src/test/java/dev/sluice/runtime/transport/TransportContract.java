package dev.sluice.runtime.transport;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingBuffers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

/** What every transport has to do. A transport's test extends this and says which one. */
public abstract class TransportContract {
    protected static final SocketOptions OPTIONS = new SocketOptions(true, 60, 15, 4, 30_000);
    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

    @TempDir
    Path directory = Path.of("");

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Ledger ledger = Ledger.open();
    private final TestingBuffers buffers = new TestingBuffers(BUFFER_BYTES);
    private final TestingHandler client = new TestingHandler();
    private final TestingHandler server = new TestingHandler();
    private final TestingHandler listener = new TestingHandler();
    private @Nullable Poller opened;

    /** The transport under test. */
    protected abstract Transport transport();

    /** Whether it tells of a reset on a socket that is interested in nothing. */
    protected abstract boolean hearsResets();

    private static class TestingHandler implements ReadyHandler {
        private boolean readable;
        private boolean writable;
        private int hangUps;
        private int how;

        @Override
        public void onHangUp(int code) {
            hangUps++;
            how = code;
        }

        @Override
        public void onReady(boolean canRead, boolean canWrite) {
            readable |= canRead;
            writable |= canWrite;
        }

        @Override
        public void onFailure(Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    private static final class TestingDispatcher implements Poller.Dispatcher {
        private int awakenings;

        @Override
        public void awake() {
            awakenings++;
        }

        @Override
        public void dispatch(ReadyHandler handler, boolean readable, boolean writable) {
            assertEquals(1, awakenings, "awake comes once, before the first handler");
            handler.onReady(readable, writable);
        }

        @Override
        public void hangUp(ReadyHandler handler, int how) {
            assertEquals(1, awakenings, "awake comes once, before the first handler");
            handler.onHangUp(how);
        }
    }

    @BeforeEach
    void open() throws TransportException {
        opened = transport().openPoller();
    }

    @AfterEach
    void close() {
        poller().close();
        buffers.close();
        ledger.settle();
    }

    private Poller poller() {
        return Objects.requireNonNull(opened);
    }

    private interface Condition {
        boolean holds();
    }

    private void pollUntil(String what, Condition condition) {
        long deadline = System.nanoTime() + PATIENCE;
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadline, () -> "waited in vain for " + what);
            poller().poll(Duration.ofMillis(100).toNanos(), new TestingDispatcher());
        }
    }

    /** One poll. @return how many handlers were called */
    protected final int pollFor(Duration time) {
        return poller().poll(time.toNanos(), new TestingDispatcher());
    }

    /** Two connected sockets, both on the poller. */
    protected record Pair(StreamSocket client, StreamSocket server) {}

    private Pair connect(ServerSocket listening) throws TransportException {
        poller().register(listening, listener);
        StreamSocket connecting = poller().connect(listening.address(), OPTIONS, client);
        pollUntil("a connection to accept", () -> listener.readable);
        StreamSocket accepted = Objects.requireNonNull(listening.accept());
        poller().register(accepted, server);
        pollUntil("the connect to end", () -> client.writable);
        assertTrue(connecting.finishConnect());
        return new Pair(connecting, accepted);
    }

    protected final Pair connectTcp() throws TransportException {
        return connect(transport().listen(loopback(0), 128, OPTIONS));
    }

    private static SocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private int readWhenReady(StreamSocket socket, TestingHandler handler, Buffer target) {
        socket.interest(true, false);
        handler.readable = false;
        pollUntil("something to read", () -> handler.readable);
        return socket.read(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "unix"})
    void connectsAndCarriesBytesBothWays(String kind) throws TransportException {
        SocketAddress address = kind.equals("unix")
                ? UnixDomainSocketAddress.of(directory.resolve("s"))
                : new InetSocketAddress(InetAddress.ofLiteral(kind), 0);
        Pair pair = connect(transport().listen(address, 128, OPTIONS));
        Buffer target = buffers.empty();
        assertEquals(0, pair.server.read(target), "nothing was sent yet");
        assertEquals(4, pair.client.write(buffers.of("ping")));
        assertEquals(4, readWhenReady(pair.server, server, target));
        assertEquals(5, pair.server.write(buffers.of("pong!")));
        assertEquals(5, readWhenReady(pair.client, client, target));
        assertArrayEquals("pingpong!".getBytes(StandardCharsets.UTF_8), TestingBuffers.content(target));
        assertNotNull(pair.server.remoteAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "unix"})
    void thePathIsToldWhereTheSystemKnowsIt(String kind) throws TransportException {
        SocketAddress address = kind.equals("unix")
                ? UnixDomainSocketAddress.of(directory.resolve("s"))
                : new InetSocketAddress(InetAddress.ofLiteral(kind), 0);
        Pair pair = connect(transport().listen(address, 1, OPTIONS));
        pair.client.write(buffers.of("ping"));
        readWhenReady(pair.server, server, buffers.empty());
        TcpInfo path = pair.client.tcpInfo();
        if (kind.equals("unix") || !hearsResets()) {
            assertNull(path);
        } else {
            assertNotNull(path);
            assertTrue(path.rttMicros() > 0 && path.rttMicros() < 60_000_000, path::toString);
            assertTrue(path.retransmits() >= 0 && path.retransmits() < 100, path::toString);
        }
        pair.client.close();
        assertNull(pair.client.tcpInfo(), "closed");
    }

    @Test
    void aSocketWithoutInterestIsNotReported() throws TransportException {
        Pair pair = connectTcp();
        pair.client.write(buffers.of("x"));
        server.readable = false;
        pair.server.interest(true, true);
        pair.server.interest(false, false);
        poller().poll(0, new TestingDispatcher());
        assertFalse(server.readable);
        assertEquals(1, readWhenReady(pair.server, server, buffers.empty()));
    }

    @Test
    void finIsTheEndOfTheStreamAndTheOtherDirectionGoesOn() throws TransportException {
        Pair pair = connectTcp();
        pair.client.write(buffers.of("last"));
        pair.client.shutdownOutput();
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server, server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server, server, target));
        assertEquals(6, pair.server.write(buffers.of("answer")));
        assertEquals(6, readWhenReady(pair.client, client, target));
    }

    @Test
    void closeDeliversWhatWasWritten() throws TransportException {
        Pair pair = connectTcp();
        pair.client.write(buffers.of("last"));
        pair.client.close();
        pair.client.close();
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server, server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server, server, target));
    }

    @Test
    void resetIsABreakForReaderAndWriter() throws TransportException {
        Pair pair = connectTcp();
        pair.client.reset();
        Buffer target = buffers.empty();
        assertEquals(StreamSocket.BROKEN, readWhenReady(pair.server, server, target));
        assertTrue(pair.server.write(buffers.of("x")) < 0);
    }

    @Test
    void aResetIsToldToTheWriterThatMeetsItFirst() throws TransportException {
        Pair pair = connectTcp();
        pair.client.reset();
        int[] firstFailure = new int[1];
        pollUntil("the reset", () -> {
            firstFailure[0] = pair.server.write(buffers.of("x"));
            return firstFailure[0] < 0;
        });
        assertEquals(StreamSocket.BROKEN, firstFailure[0]);
    }

    /** What tells a stream that ended before the break from one that the break has cut. */
    @Test
    void aResetBehindFinIsToldFromOneWithout() throws TransportException {
        Pair pair = connectTcp();
        pair.client.write(buffers.of("last"));
        pair.client.shutdownOutput();
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server, server, target));
        pair.client.reset();
        int[] firstFailure = new int[1];
        pollUntil("the reset", () -> {
            firstFailure[0] = pair.server.write(buffers.of("x"));
            return firstFailure[0] < 0;
        });
        assertEquals(StreamSocket.BROKEN_AFTER_FIN, firstFailure[0]);
        assertEquals(StreamSocket.END_OF_STREAM, pair.server.read(target));
    }

    @Test
    void aFullSocketTakesNothingUntilTheOtherEndHasRead() throws TransportException {
        Pair pair = connectTcp();
        Buffer much = buffers.empty();
        long sent = 0;
        for (int count = 1; count > 0; sent += count) {
            count = pair.client.write(TestingBuffers.refill(much, BUFFER_BYTES));
        }
        client.writable = false;
        pair.client.interest(false, true);
        poller().poll(0, new TestingDispatcher());
        assertFalse(client.writable, "a full socket was reported as writable");
        long read = 0;
        pair.server.interest(true, false);
        while (read < sent) {
            read += pair.server.read(TestingBuffers.reuse(much, BUFFER_BYTES));
            poller().poll(0, new TestingDispatcher());
        }
        pollUntil("room to write", () -> client.writable);
        assertTrue(pair.client.write(buffers.of("x")) > 0);
    }

    @Test
    void aRefusedConnectIsToldAsSuch() throws TransportException {
        ServerSocket gone = transport().listen(loopback(0), 1, OPTIONS);
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
        assertTrue(String.valueOf(failure.getMessage()).contains("refused"), failure.getMessage());
    }

    @Test
    void anAddressInUseIsRefusedAndFreedByClose() throws TransportException {
        ServerSocket first = transport().listen(loopback(0), 128, OPTIONS);
        TransportException failure = assertThrows(TransportException.class,
                () -> transport().listen(first.address(), 128, OPTIONS));
        assertTrue(String.valueOf(failure.getMessage()).contains("in use"), failure.getMessage());
        first.close();
        transport().listen(first.address(), 128, OPTIONS).close();
    }

    @Test
    void theFileOfAUnixSocketGoesWithItAndAStaleOneDoesNotStandInTheWay() throws Exception {
        Path path = directory.resolve("s");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        try (java.nio.channels.ServerSocketChannel crashed = java.nio.channels.ServerSocketChannel
                .open(java.net.StandardProtocolFamily.UNIX)) {
            crashed.bind(address);
        }
        assertTrue(Files.exists(path), "the JDK leaves the file behind");
        ServerSocket socket = transport().listen(address, 1, OPTIONS);
        assertThrows(TransportException.class, () -> transport().listen(address, 1, OPTIONS),
                "one that answers must be left alone");
        socket.close();
        assertTrue(Files.notExists(path));

        Files.writeString(path, "not a socket");
        assertThrows(TransportException.class, () -> transport().listen(address, 1, OPTIONS));
        assertEquals("not a socket", Files.readString(path));
    }

    @Test
    void theWildcardOfOneFamilyLeavesTheOtherAlone() throws TransportException {
        ServerSocket four = transport().listen(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0), 1, OPTIONS);
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

    @Test
    void acceptTellsThatNobodyWaits() throws TransportException {
        ServerSocket listening = transport().listen(loopback(0), 1, OPTIONS);
        poller().register(listening, listener);
        assertNull(listening.accept());
    }

    @Test
    void aPausedListenerIsNotReported() throws TransportException {
        ServerSocket listening = transport().listen(loopback(0), 1, OPTIONS);
        poller().register(listening, listener);
        listening.interest(false);
        StreamSocket connecting = poller().connect(listening.address(), OPTIONS, client);
        pollUntil("the connect to end", () -> client.writable);
        assertTrue(connecting.finishConnect());
        assertFalse(listener.readable);
        listening.interest(true);
        pollUntil("a connection to accept", () -> listener.readable);
    }

    @Test
    void wakeupEndsAWaitNowOrTheNextOne() {
        poller().wakeup();
        assertEquals(0, poller().poll(-1, new TestingDispatcher()));
        Thread other = Thread.ofVirtual().start(() -> poller().wakeup());
        assertEquals(0, poller().poll(-1, new TestingDispatcher()));
        assertTrue(joined(other));
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(Duration.ofNanos(PATIENCE));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aResetThatNobodyReadsIsToldOnce() throws TransportException {
        Pair pair = connectTcp();
        pair.client.write(buffers.of("unread"));
        pair.client.reset();
        expectHangUp(StreamSocket.BROKEN);
        Buffer target = buffers.empty();
        assertEquals(6, readWhenReady(pair.server, server, target), "bytes from before the reset");
        assertEquals(StreamSocket.BROKEN, readWhenReady(pair.server, server, target));
    }

    @Test
    void aResetBehindFinThatNobodyReadsLeavesTheStreamComplete() throws TransportException {
        Pair pair = connectTcp();
        pair.client.write(buffers.of("last"));
        pair.client.shutdownOutput();
        pair.server.write(buffers.of("x"));
        readWhenReady(pair.client, client, buffers.empty());
        pair.client.reset();
        expectHangUp(StreamSocket.BROKEN_AFTER_FIN);
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server, server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server, server, target));
    }

    protected final void awaitHangUp() {
        pollUntil("the reset", () -> server.hangUps > 0);
    }

    private void expectHangUp(int how) {
        if (hearsResets()) {
            awaitHangUp();
            assertEquals(how, server.how);
            poller().poll(0, new TestingDispatcher());
            assertEquals(1, server.hangUps);
        }
    }

    /** Both directions have ended, which the kernel reports unasked; but there are still bytes to read. */
    @Test
    void aStreamThatHasEndedBothWaysIsNoResetAndCanStillBeRead() throws TransportException {
        Pair pair = connectTcp();
        pair.client.write(buffers.of("last"));
        pair.client.shutdownOutput();
        pair.server.shutdownOutput();
        pair.client.interest(true, false);
        pollUntil("FIN of the server", () -> client.readable);
        poller().poll(0, new TestingDispatcher());
        assertEquals(0, server.hangUps);
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server, server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server, server, target));
    }

    @Test
    void whoItWasIsKnownAfterTheReset() throws TransportException {
        Pair pair = connectTcp();
        SocketAddress before = pair.server.remoteAddress();
        pair.client.reset();
        assertEquals(StreamSocket.BROKEN, readWhenReady(pair.server, server, buffers.empty()));
        assertEquals(before, pair.server.remoteAddress());
    }

    @Test
    void anAcceptedSocketMayBelongToAnotherPoller() throws TransportException {
        ServerSocket listening = transport().listen(loopback(0), 1, OPTIONS);
        poller().register(listening, listener);
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

    /** What was ready together with the socket whose handler closed it must not be told any more. */
    @Test
    void aSocketThatAnotherHandlerHasClosedIsNotTold() throws TransportException {
        ServerSocket listening = transport().listen(loopback(0), 8, OPTIONS);
        poller().register(listening, listener);
        StreamSocket[] accepted = new StreamSocket[2];
        int[] told = new int[1];
        StreamSocket[] clients = new StreamSocket[2];
        for (int i = 0; i < 2; i++) {
            listener.readable = false;
            clients[i] = poller().connect(listening.address(), OPTIONS, client);
            pollUntil("a connection to accept", () -> listener.readable);
            accepted[i] = Objects.requireNonNull(listening.accept());
            clients[i].finishConnect();
            clients[i].interest(false, false);
            poller().register(accepted[i], new TestingHandler() {
                @Override
                public void onReady(boolean canRead, boolean canWrite) {
                    told[0]++;
                    accepted[0].close();
                    accepted[1].close();
                }
            });
        }
        clients[0].write(buffers.of("x"));
        clients[1].write(buffers.of("x"));
        accepted[0].interest(true, false);
        accepted[1].interest(true, false);
        pollUntil("one of them", () -> told[0] > 0);
        poller().poll(0, new TestingDispatcher());
        assertEquals(1, told[0]);
    }

    @Test
    void tenThousandConnectionsLeaveNoDescriptor() throws TransportException {
        ServerSocket listening = transport().listen(loopback(0), 128, OPTIONS);
        poller().register(listening, listener);
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

    @Test
    void readingAndWritingAllocateNothing() throws TransportException {
        Pair pair = connectTcp();
        Buffer[] cells = new Buffer[20];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = buffers.empty();
        }
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory
                .getThreadMXBean();
        long deadline = System.nanoTime() + PATIENCE;
        long allocated;
        do {
            assertTrue(System.nanoTime() < deadline, "100,000 calls never were without an allocation");
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 25_000; i++) {
                Buffer buffer = cells[i % cells.length];
                pair.client.write(TestingBuffers.refill(buffer, 1024));
                pair.server.read(TestingBuffers.reuse(buffer, 1024));
                pair.server.interest(true, false);
                pair.server.read(TestingBuffers.reuse(buffer, 1024));
                pair.server.interest(false, false);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        } while (allocated > 0);
        // The interpreter allocates; what is compiled does not.
        assertEquals(0, allocated);
    }

    /** So that bytes of a socket that is wrapped, or of another transport, are copied. */
    @Test
    void aForeignPipeIsNotForThisSocket() throws TransportException {
        Pair pair = connectTcp();
        KernelPipe foreign = mock(KernelPipe.class);
        pair.client.write(buffers.of("x"));
        assertEquals(StreamSocket.UNSUPPORTED, pair.server.spliceTo(foreign, 1));
        assertEquals(StreamSocket.UNSUPPORTED, pair.server.spliceFrom(foreign));
        assertEquals(1, readWhenReady(pair.server, server, buffers.empty()), "the byte is still there");
    }

    @Test
    void whatASocketSaysOfPipesIsWhatItsPollerDoes() throws TransportException {
        Pair pair = connectTcp();
        KernelPipe pipe = poller().openPipe(4096);
        assertEquals(transport().hasPipes(), pair.server.splices());
        assertEquals(transport().hasPipes(), pipe != null);
        if (pipe == null) {
            return;
        }
        pair.client.write(buffers.of("through"));
        pair.server.interest(true, false);
        pollUntil("something to read", () -> server.readable);
        assertEquals(7, pair.server.spliceTo(pipe, pipe.capacity()));
        assertEquals(7, pipe.content());
        assertEquals(7, pair.server.spliceFrom(pipe));
        assertEquals(0, pipe.content());
        Buffer target = buffers.empty();
        assertEquals(7, readWhenReady(pair.client, client, target));
        assertArrayEquals("through".getBytes(StandardCharsets.UTF_8), TestingBuffers.content(target));
        pipe.close();
    }

    /** Descriptors are numbers, and those of the poller are others' now. */
    @Test
    void aWakeupOfAClosedPollerReachesNobody() throws TransportException {
        ServerSocket listening = transport().listen(loopback(0), 1, OPTIONS);
        Poller gone = transport().openPoller();
        gone.close();
        Pair pair = connect(listening);
        gone.wakeup();
        Buffer target = buffers.empty();
        assertEquals(0, pair.client.read(target));
        assertEquals(0, pair.server.read(target));
    }

    @Test
    void closingThePollerClosesEverySocketOnIt() throws TransportException {
        Pair pair = connectTcp();
        poller().close();
        assertEquals(StreamSocket.BROKEN, pair.client.write(buffers.of("x")));
        opened = transport().openPoller();
    }
}
