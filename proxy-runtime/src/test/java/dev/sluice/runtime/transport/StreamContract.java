package dev.sluice.runtime.transport;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingBuffers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

/** Bytes on a connection: reading, writing, interest, FIN, pipes. A test of a transport extends this and says which one. */
public abstract class StreamContract extends TransportFixture {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "unix"})
    void connectsAndCarriesBytesBothWays(String kind) throws TransportException {
        SocketAddress address = kind.equals("unix")
                ? UnixDomainSocketAddress.of(directory.resolve("s"))
                : new InetSocketAddress(InetAddress.ofLiteral(kind), 0);
        Pair pair = connect(listen(address, 128));
        Buffer target = buffers.empty();
        assertEquals(0, pair.server().read(target), "nothing was sent yet");
        assertEquals(4, pair.client().write(buffers.of("ping")));
        assertEquals(4, readWhenReady(pair.server(), server, target));
        assertEquals(5, pair.server().write(buffers.of("pong!")));
        assertEquals(5, readWhenReady(pair.client(), client, target));
        assertArrayEquals("pingpong!".getBytes(StandardCharsets.UTF_8), TestingBuffers.content(target));
        assertNotNull(pair.server().remoteAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "unix"})
    void thePathIsToldWhereTheSystemKnowsIt(String kind) throws TransportException {
        SocketAddress address = kind.equals("unix")
                ? UnixDomainSocketAddress.of(directory.resolve("s"))
                : new InetSocketAddress(InetAddress.ofLiteral(kind), 0);
        Pair pair = connect(listen(address, 1));
        pair.client().write(buffers.of("ping"));
        readWhenReady(pair.server(), server, buffers.empty());
        TcpInfo path = pair.client().tcpInfo();
        if (kind.equals("unix") || !isNative()) {
            assertNull(path);
        } else {
            assertNotNull(path);
            assertTrue(path.rttMicros() > 0 && path.rttMicros() < 60_000_000, path::toString);
            assertTrue(path.retransmits() >= 0 && path.retransmits() < 100, path::toString);
            // The acknowledgement of the bytes was the last thing that came; the next one is that of more bytes.
            assertTrue(path.unheardMillis() >= 0 && path.unheardMillis() < 60_000, path::toString);
            Await.until("silence", () -> unheard(pair.client()) >= 50);
            long before = System.nanoTime();
            pair.client().write(buffers.of("ping"));
            Await.until("an acknowledgement",
                    () -> unheard(pair.client()) <= (System.nanoTime() - before) / 1_000_000 + 10);
        }
        pair.client().close();
        assertNull(pair.client().tcpInfo(), "closed");
    }

    private static int unheard(StreamSocket socket) {
        TcpInfo path = socket.tcpInfo();
        return path == null ? 0 : path.unheardMillis();
    }

    @Test
    void aSocketWithoutInterestIsNotReported() throws TransportException {
        Pair pair = connectTcp();
        pair.client().write(buffers.of("x"));
        server.readable = false;
        pair.server().interest(true, true);
        pair.server().interest(false, false);
        poller().poll(0, new TestingDispatcher());
        assertFalse(server.readable);
        assertEquals(1, readWhenReady(pair.server(), server, buffers.empty()));
    }

    @Test
    void finIsTheEndOfTheStreamAndTheOtherDirectionGoesOn() throws TransportException {
        Pair pair = connectTcp();
        pair.client().write(buffers.of("last"));
        pair.client().shutdownOutput();
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server(), server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server(), server, target));
        assertEquals(6, pair.server().write(buffers.of("answer")));
        assertEquals(6, readWhenReady(pair.client(), client, target));
    }

    @Test
    void closeDeliversWhatWasWritten() throws TransportException {
        Pair pair = connectTcp();
        pair.client().write(buffers.of("last"));
        pair.client().close();
        pair.client().close();
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server(), server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server(), server, target));
    }

    @Test
    void aFullSocketTakesNothingUntilTheOtherEndHasRead() throws TransportException {
        Pair pair = connectTcp();
        Buffer much = buffers.empty();
        long sent = 0;
        for (int count = 1; count > 0; sent += count) {
            count = pair.client().write(TestingBuffers.refill(much, BUFFER_BYTES));
        }
        client.writable = false;
        pair.client().interest(false, true);
        poller().poll(0, new TestingDispatcher());
        assertFalse(client.writable, "a full socket was reported as writable");
        long read = 0;
        pair.server().interest(true, false);
        while (read < sent) {
            read += pair.server().read(TestingBuffers.reuse(much, BUFFER_BYTES));
            poller().poll(0, new TestingDispatcher());
        }
        pollUntil("room to write", () -> client.writable);
        assertTrue(pair.client().write(buffers.of("x")) > 0);
    }

    /** Readiness of a socket that another handler of the same wait has closed must not be reported. */
    @Test
    void aSocketThatAnotherHandlerHasClosedIsNotTold() throws TransportException {
        ServerSocket listening = listen(loopback(0), 8);
        poller().register(listening, listener);
        listening.interest(true);
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
    void readingAndWritingAllocateNothing() throws TransportException {
        Pair pair = connectTcp();
        Buffer[] cells = new Buffer[20];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = buffers.empty();
        }
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory
                .getThreadMXBean();
        // The compilers of a busy machine take their time.
        long deadline = System.nanoTime() + 6 * PATIENCE;
        long allocated;
        do {
            assertTrue(System.nanoTime() < deadline, "100,000 calls never were without an allocation");
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 25_000; i++) {
                Buffer buffer = cells[i % cells.length];
                pair.client().write(TestingBuffers.refill(buffer, 1024));
                pair.server().read(TestingBuffers.reuse(buffer, 1024));
                pair.server().interest(true, false);
                pair.server().read(TestingBuffers.reuse(buffer, 1024));
                pair.server().interest(false, false);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        } while (allocated > 0);
        // The interpreter allocates; what is compiled does not.
        assertEquals(0, allocated);
    }

    /** A pipe of another transport is refused, so that bytes of a wrapped socket are copied. */
    @Test
    void aForeignPipeIsNotForThisSocket() throws TransportException {
        Pair pair = connectTcp();
        KernelPipe foreign = mock(KernelPipe.class);
        pair.client().write(buffers.of("x"));
        assertEquals(StreamSocket.UNSUPPORTED, pair.server().spliceTo(foreign, 1));
        assertEquals(StreamSocket.UNSUPPORTED, pair.server().spliceFrom(foreign));
        assertEquals(1, readWhenReady(pair.server(), server, buffers.empty()), "the byte is still there");
    }

    @Test
    void whatASocketSaysOfPipesIsWhatItsPollerDoes() throws TransportException {
        Pair pair = connectTcp();
        KernelPipe pipe = poller().openPipe(4096);
        assertEquals(transport().hasPipes(), pair.server().splices());
        assertEquals(transport().hasPipes(), pipe != null);
        if (pipe == null) {
            return;
        }
        pair.client().write(buffers.of("through"));
        pair.server().interest(true, false);
        pollUntil("something to read", () -> server.readable);
        assertEquals(7, pair.server().spliceTo(pipe, pipe.capacity()));
        assertEquals(7, pipe.content());
        assertEquals(7, pair.server().spliceFrom(pipe));
        assertEquals(0, pipe.content());
        Buffer target = buffers.empty();
        assertEquals(7, readWhenReady(pair.client(), client, target));
        assertArrayEquals("through".getBytes(StandardCharsets.UTF_8), TestingBuffers.content(target));
        pipe.close();
    }
}
