package dev.sluice.runtime.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingBuffers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Two sockets, a listener and a poller of the transport under test, with handlers that note what they are called for. */
public abstract class TransportFixture {
    protected static final SocketOptions OPTIONS = new SocketOptions(true, 60, 15, 4, 30_000);
    protected static final long PATIENCE = Duration.ofSeconds(10).toNanos();

    @TempDir
    protected Path directory = Path.of("");

    protected static final int BUFFER_BYTES = 64 * 1024;

    private final Ledger ledger = Ledger.open();
    protected final TestingBuffers buffers = new TestingBuffers(BUFFER_BYTES);
    protected final TestingHandler client = new TestingHandler();
    protected final TestingHandler server = new TestingHandler();
    protected final TestingHandler listener = new TestingHandler();
    protected @Nullable Poller opened;

    /** The transport under test. */
    protected abstract Transport transport();

    /** Whether it tells of a reset on a socket that is interested in nothing, and of the path: epoll does. */
    protected final boolean isNative() {
        return transport().name().equals("epoll");
    }

    protected static class TestingHandler implements ReadyHandler {
        protected boolean readable;
        protected boolean writable;
        protected int hangUps;
        protected int how;

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

    protected static final class TestingDispatcher implements Poller.Dispatcher {
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

    protected final Poller poller() {
        return Objects.requireNonNull(opened);
    }

    protected interface Condition {
        boolean holds();
    }

    protected final void pollUntil(String what, Condition condition) {
        long deadline = System.nanoTime() + PATIENCE;
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadline, () -> "waited in vain for " + what);
            poller().poll(Duration.ofMillis(100).toNanos(), new TestingDispatcher());
        }
    }

    protected final void awaitHangUp() {
        pollUntil("the reset", () -> server.hangUps > 0);
    }

    /** One poll. @return how many handlers were called */
    protected final int pollFor(Duration time) {
        return poller().poll(time.toNanos(), new TestingDispatcher());
    }

    /** Two connected sockets, both on the poller. */
    protected record Pair(StreamSocket client, StreamSocket server) {}

    protected final Pair connect(ServerSocket listening) throws TransportException {
        listener.readable = false;
        client.writable = false;
        poller().register(listening, listener);
        listening.interest(true);
        StreamSocket connecting = poller().connect(listening.address(), OPTIONS, client);
        pollUntil("a connection to accept", () -> listener.readable);
        StreamSocket accepted = Objects.requireNonNull(listening.accept());
        poller().register(accepted, server);
        pollUntil("the connect to end", () -> client.writable);
        assertTrue(connecting.finishConnect());
        return new Pair(connecting, accepted);
    }

    protected final Pair connectTcp() throws TransportException {
        return connect(listen(loopback(0), 128));
    }

    protected final ServerSocket listen(SocketAddress address, int backlog) throws TransportException {
        return transport().listen(address, new ListenOptions(backlog, false, OPTIONS));
    }

    protected static SocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    protected final int readWhenReady(StreamSocket socket, TestingHandler handler, Buffer target) {
        socket.interest(true, false);
        handler.readable = false;
        pollUntil("something to read", () -> handler.readable);
        return socket.read(target);
    }
}
