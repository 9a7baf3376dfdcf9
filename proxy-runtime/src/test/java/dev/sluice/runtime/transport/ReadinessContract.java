package dev.sluice.runtime.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingBuffers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A socket is told of what it is interested in as long as it is so, however a transport learns of it. The other end is a channel of the JDK.
 */
public abstract class ReadinessContract {
    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final int MOST_SENT = 50_000;
    private static final int MOST_READ = 20_000;
    private static final int BUFFER_BYTES = 1 << 20;

    private final Ledger ledger = Ledger.open();
    private final TestingBuffers buffers = new TestingBuffers(BUFFER_BYTES);
    private final TestingHandler handler = new TestingHandler();
    private @Nullable Poller opened;
    private @Nullable StreamSocket accepted;
    private @Nullable SocketChannel connected;

    /** The transport under test. */
    protected abstract Transport transport();

    private static final class TestingHandler implements ReadyHandler, Poller.Dispatcher {
        private boolean readable;
        private boolean writable;

        @Override
        public void onReady(boolean canRead, boolean canWrite) {
            readable |= canRead;
            writable |= canWrite;
        }

        @Override
        public void onHangUp(int how) {
            throw new AssertionError("nobody hangs up: " + how);
        }

        @Override
        public void onFailure(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void awake() {}

        @Override
        public void dispatch(ReadyHandler to, boolean canRead, boolean canWrite) {
            to.onReady(canRead, canWrite);
        }

        @Override
        public void hangUp(ReadyHandler to, int how) {
            to.onHangUp(how);
        }
    }

    @BeforeEach
    void connect() throws Exception {
        Poller poller = transport().openPoller();
        opened = poller;
        ServerSocket listening = transport().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ListenOptions(1, false, TransportFixture.OPTIONS));
        poller.register(listening, handler);
        listening.interest(true);
        connected = SocketChannel.open(listening.address());
        pollUntil("a connection", () -> handler.readable);
        StreamSocket socket = Objects.requireNonNull(listening.accept());
        poller.register(socket, handler);
        listening.close();
        accepted = socket;
    }

    @AfterEach
    void close() throws IOException {
        peer().close();
        poller().close();
        buffers.close();
        ledger.settle();
    }

    private Poller poller() {
        return Objects.requireNonNull(opened);
    }

    private StreamSocket socket() {
        return Objects.requireNonNull(accepted);
    }

    private SocketChannel peer() {
        return Objects.requireNonNull(connected);
    }

    private void pollUntil(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, () -> "waited in vain for " + what);
            poller().poll(Duration.ofMillis(100).toNanos(), handler);
        }
    }

    private boolean readable() {
        handler.readable = false;
        poller().poll(0, handler);
        return handler.readable;
    }

    /** Reads, writes, short and long, and changes of interest in any order: a transport must not lose sight of anything. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsSoIsToldWhateverCameBefore(long seed) throws Exception {
        Random random = new Random(seed);
        ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_BYTES);
        Buffer buffer = buffers.empty();
        peer().configureBlocking(false);
        boolean reads = false;
        boolean writes = false;
        boolean full = false;
        long unread = 0;
        for (int i = 0; i < 2_000; i++) {
            switch (random.nextInt(6)) {
                case 0 -> unread += peer().write(bytes.clear().limit(1 + random.nextInt(MOST_SENT)));
                case 1 -> unread -= socket().read(TestingBuffers.reuse(buffer, 1 + random.nextInt(MOST_READ)));
                case 2 -> {
                    int length = random.nextInt(20) == 0 ? BUFFER_BYTES : 1 + random.nextInt(MOST_SENT);
                    full = socket().write(TestingBuffers.refill(buffer, length)) < length;
                }
                case 3 -> {
                    while (peer().read(bytes.clear()) > 0) {
                        full = false;
                    }
                }
                case 4 -> reads = random.nextBoolean();
                default -> writes = random.nextBoolean();
            }
            socket().interest(reads, writes);
            handler.readable = false;
            handler.writable = false;
            if (reads && unread > 0) {
                pollUntil("bytes to read, seed " + seed + ", step " + i, () -> handler.readable);
            }
            if (writes && !full) {
                pollUntil("room to write, seed " + seed + ", step " + i, () -> handler.writable);
            }
            poller().poll(0, handler);
            assertTrue(reads || !handler.readable, "told of bytes that nobody asked for");
            assertTrue(writes || !handler.writable, "told of room that nobody asked for");
        }
    }

    @Test
    void whatIsNotReadIsToldAgain() throws Exception {
        peer().write(ByteBuffer.wrap(new byte[3]));
        socket().interest(true, false);
        Buffer one = buffers.empty();
        for (int i = 0; i < 3; i++) {
            pollUntil("byte " + i, this::readable);
            pollUntil("byte " + i + " once more", this::readable);
            assertEquals(1, socket().read(TestingBuffers.reuse(one, 1)));
        }
        assertEquals(0, socket().read(TestingBuffers.reuse(one, 1)));
        assertFalse(readable());
    }

    /** A read stops at urgent data (RFC 6093), however much follows. */
    @Test
    void whatFollowsUrgentDataIsTold() throws Exception {
        peer().write(ByteBuffer.wrap(new byte[100]));
        peer().socket().sendUrgentData('!');
        peer().write(ByteBuffer.wrap(new byte[50]));
        socket().interest(true, false);
        Buffer target = buffers.empty();
        while (target.content() < 150) {
            pollUntil("what is left after " + target.content() + " bytes", this::readable);
            assertTrue(socket().read(target) >= 0);
        }
        assertEquals(150, target.content(), "the urgent byte is not part of the stream");
    }

    /** FIN that is there when the bytes before it are read. */
    @Test
    void anEndBehindBytesIsTold() throws Exception {
        peer().write(ByteBuffer.wrap(new byte[10]));
        peer().shutdownOutput();
        Buffer target = buffers.empty();
        socket().interest(true, false);
        pollUntil("bytes", this::readable);
        assertEquals(10, socket().read(target));
        pollUntil("the end", this::readable);
        assertEquals(StreamSocket.END_OF_STREAM, socket().read(target));
        socket().interest(false, false);
        assertFalse(readable());
    }
}
