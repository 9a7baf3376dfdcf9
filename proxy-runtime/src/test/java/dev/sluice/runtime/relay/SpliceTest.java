package dev.sluice.runtime.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Bulk transfers, which go through pipes of the kernel where there are some, and in any case arrive as they were. */
class SpliceTest {
    private static final int SIZE = 24_000_000;
    /** One for each of two loops. */
    private static final String TWO_PIPES = "memory: { pipes: 2MiB }";

    private static byte[] content(long seed) {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** The transports that have pipes are those that hear resets. */
    private static boolean hasPipes() {
        return TestingTransport.realHearsResets();
    }

    /** Answers with {@code bytes}, over and over, in pieces of any size, until the client is gone. */
    private static TestingUpstream sender(byte[] bytes, boolean endless) {
        return TestingUpstream.start(client -> {
            client.getInputStream().read();
            OutputStream out = client.getOutputStream();
            do {
                out.write(bytes);
            } while (endless);
        });
    }

    private static Thread sending(TestingClient client, byte[] bytes, Random pieces) {
        return Thread.ofVirtual().start(() -> {
            try {
                for (int at = 0; at < bytes.length;) {
                    int length = Math.min(bytes.length - at, 1 + pieces.nextInt(pieces.nextBoolean() ? 300 : 600_000));
                    client.socket().getOutputStream().write(bytes, at, length);
                    at += length;
                }
                client.finish();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void echoes(TestingClient client, long seed) throws Exception {
        byte[] bytes = content(seed);
        Thread sending = sending(client, bytes, new Random(seed));
        assertArrayEquals(bytes, client.readAll());
        sending.join();
    }

    @Test
    void whatComesOutIsWhatWentIn() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            try (TestingClient client = proxy.connect()) {
                echoes(client, 1);
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
            assertEquals(SIZE, proxy.stats().bytesUp());
            assertEquals(SIZE, proxy.stats().bytesDown());
            assertEquals(0, proxy.stats().pipesBorrowed());
            if (hasPipes()) {
                assertTrue(proxy.stats().pipeBytes() > SIZE, () -> "hardly any of it through pipes: " + proxy.stats());
            }
        }
    }

    @Test
    void whoFindsNoPipeIsServedAllTheSame() throws Exception {
        int clients = 8;
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(TWO_PIPES).endpoint(upstream).start()) {
            AtomicInteger equal = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                TestingClient client = proxy.connect();
                int seed = i;
                threads.add(Thread.ofVirtual().start(() -> {
                    try (client) {
                        echoes(client, seed);
                        equal.incrementAndGet();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(clients, equal.get());
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, clients);
        }
    }

    @Test
    void nothingGoesThroughPipesIfTheConfigurationHasNone() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with("memory: { pipes: 0 }").endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            echoes(client, 2);
            assertEquals(0, proxy.stats().pipeBytes());
        }
    }

    @Test
    void aSystemWithoutDescriptorsLeavesTheBytesToBuffers() throws Exception {
        TestingTransport transport = new TestingTransport();
        CountDownLatch connected = new CountDownLatch(1);
        byte[] bytes = content(3);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            connected.countDown();
            client.getInputStream().read();
            client.getOutputStream().write(bytes);
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).start(transport);
                TestingClient client = proxy.connect()) {
            connected.await();
            transport.descriptorsLeft(false);
            client.send("x");
            assertArrayEquals(bytes, client.readAll());
            assertEquals(0, proxy.stats().pipeBytes());
            transport.descriptorsLeft(true);
        }
    }

    /** A pipe does not take what follows urgent data (RFC 6093), and says only that nothing is there. */
    @Test
    void urgentDataDoesNotStopTheRest() throws Exception {
        byte[] bytes = content(8);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().read();
            client.getOutputStream().write(bytes);
            client.sendUrgentData('!');
            client.getOutputStream().write(bytes);
            client.getInputStream().read();
        });
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            client.send("x");
            assertArrayEquals(bytes, client.read(SIZE));
            assertArrayEquals(bytes, client.read(SIZE));
            client.send("x");
        }
    }

    /** Then the pipe says that the stream has ended, although more comes before the end. */
    @Test
    void urgentDataBeforeTheEndDoesNotCutTheRest() throws Exception {
        byte[] bytes = content(9);
        byte[] last = new byte[300_000];
        CountDownLatch sent = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.setSendBufferSize(1 << 20);
            client.getInputStream().read();
            client.getOutputStream().write(bytes);
            client.sendUrgentData('!');
            client.getOutputStream().write(last);
            client.shutdownOutput();
            sent.countDown();
            client.getInputStream().read();
        });
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            client.send("x");
            // As long as it does not read, the end gathers behind the urgent byte.
            assertArrayEquals(Arrays.copyOf(bytes, SIZE / 2), client.read(SIZE / 2));
            assertArrayEquals(Arrays.copyOfRange(bytes, SIZE / 2, SIZE), client.read(SIZE / 2));
            assertArrayEquals(last, client.readAll());
            sent.await();
        }
    }

    /** Bytes that a slow reader has not taken wait in the pipe, for as long as that takes. */
    @Test
    void aSlowReaderGetsTheRestFromThePipe() throws Exception {
        byte[] bytes = content(4);
        try (TestingUpstream upstream = sender(bytes, false);
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            client.send("x");
            if (hasPipes()) {
                // It reads until the flow is large, and then stops.
                byte[] start = client.read(SIZE / 2);
                Await.until("a pipe to be held", () -> proxy.stats().pipesBorrowed() == 1);
                byte[] rest = client.readAll();
                byte[] all = new byte[start.length + rest.length];
                System.arraycopy(start, 0, all, 0, start.length);
                System.arraycopy(rest, 0, all, start.length, rest.length);
                assertArrayEquals(bytes, all);
            } else {
                assertArrayEquals(bytes, client.readAll());
            }
            Await.equal("pipes borrowed", 0L, () -> proxy.stats().pipesBorrowed());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reader resets", "sender resets", "reader stalls", "operator"})
    void aPipeIsGivenBackHoweverTheRelayEnds(String end) throws Exception {
        byte[] bytes = content(5);
        CountDownLatch cut = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().read();
            Thread.ofVirtual().start(() -> resetWhen(cut, client));
            while (true) {
                client.getOutputStream().write(bytes);
            }
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .listener("timeouts: { writeStall: " + (end.equals("reader stalls") ? "500ms" : "1m") + " }")
                        .start();
                TestingClient client = proxy.connect()) {
            client.send("x");
            client.read(SIZE);
            if (hasPipes() && !end.equals("reader stalls")) {
                Await.until("a pipe to be held", () -> proxy.stats().pipesBorrowed() == 1);
            }
            switch (end) {
                case "reader resets" -> client.reset();
                case "sender resets" -> cut.countDown();
                case "operator" -> proxy.server().close();
                default -> {
                }
            }
            if (!hasPipes() && end.equals("sender resets")) {
                // Nobody hears of it, as long as the receiver takes nothing.
                client.reset();
            }
            Await.equal("pipes borrowed", 0L, () -> proxy.stats().pipesBorrowed());
            proxy.awaitIdle();
            if (end.equals("reader stalls")) {
                assertEquals(1, proxy.closed(CloseReason.CLIENT_WRITE_STALL));
            }
            cut.countDown();
        }
    }

    private static void resetWhen(CountDownLatch latch, Socket socket) {
        try {
            latch.await();
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException goneAlready) {
            // The relay has ended first.
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Lets a few bytes pass at a time, whichever way they go. */
    private static final class TestingGate implements ConnectionFilter, ReadGate {
        private static final int MOST = 100_000;

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            return MOST;
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            return nowNanos;
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            assertTrue(bytes <= MOST, "more was read than permitted");
        }
    }

    @Test
    void gatesLimitWhatAPipeTakes() throws Exception {
        TestingGate gate = new TestingGate();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(new TestingFilter("gate", FilterTraits.connectionOnly(), connection -> gate)).start();
                TestingClient client = proxy.connect()) {
            echoes(client, 6);
            if (hasPipes()) {
                assertTrue(proxy.stats().pipeBytes() > 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bytesThatAFilterSeesEnterTheProcess(boolean detaches) throws Exception {
        ConnectionFilter filter = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                bytes.forwardAll();
                return detaches ? DataAction.DETACH : DataAction.CONTINUE;
            }
        };
        FilterTraits both = FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM, Direction.UPSTREAM_TO_CLIENT);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(new TestingFilter("test", both, connection -> filter)).start();
                TestingClient client = proxy.connect()) {
            echoes(client, 7);
            assertEquals(detaches && hasPipes(), proxy.stats().pipeBytes() > 0);
        }
    }
}
