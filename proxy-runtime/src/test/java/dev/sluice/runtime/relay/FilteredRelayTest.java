package dev.sluice.runtime.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.Answer;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.api.ReadGate;
import dev.sluice.api.Suspension;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Filters on real connections. What the chain does without sockets is in {@code chain}. */
class FilteredRelayTest {
    private static final FilterTraits BOTH = FilterTraits.inspects(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT);

    private static TestingFilter filter(FilterTraits traits, ConnectionFilter shared) {
        return new TestingFilter("test", traits, connection -> shared);
    }

    /** Asks for three bytes and routes by the first. */
    private static TestingFilter router(Duration deadline) {
        FilterTraits traits = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(64, deadline).waitedForBeforeRouting();
        return filter(traits, new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                if (bytes.length() < 3) {
                    bytes.needAtLeast(3);
                    return DataAction.CONTINUE;
                }
                context.route(bytes.get(0) == 'b' ? "other" : "app");
                return DataAction.DETACH;
            }

            @Override
            public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                    ConnectionContext context) {
                return DataAction.DETACH;
            }
        });
    }

    private static TestingUpstream greeting(String greeting) {
        return TestingUpstream.start(client -> {
            client.getOutputStream().write(greeting.getBytes(StandardCharsets.UTF_8));
            TestingUpstream.echo(client);
        });
    }

    private static TestingProxy.Builder twoClusters(TestingUpstream app, TestingUpstream other) {
        return TestingProxy.builder().endpoint(app).otherCluster("other", other);
    }

    @Test
    void aFilterRoutesByWhatTheClientSendsAndTheBytesArrive() throws IOException {
        try (TestingUpstream app = greeting("app:");
                TestingUpstream other = greeting("other:");
                TestingProxy proxy = twoClusters(app, other).filter(router(Duration.ofSeconds(20))).start();
                TestingClient a = proxy.connect();
                TestingClient b = proxy.connect()) {
            a.send("a");
            b.send("b");
            a.send("a1");
            b.send("b1 and more");
            assertEquals("app:aa1", a.readText(7));
            assertEquals("other:bb1 and more", b.readText(18));
            assertEquals("later", a.roundTrip("later"));
        }
    }

    @Test
    void whoSpeaksSecondIsServedAfterTheDeadline() throws IOException {
        try (TestingUpstream app = greeting("220 ready\n");
                TestingUpstream other = greeting("");
                TestingProxy proxy = twoClusters(app, other).filter(router(Duration.ofMillis(50))).start();
                TestingClient client = proxy.connect()) {
            assertEquals("220 ready\n", client.readText(10));
            assertEquals("b is routed no more", client.roundTrip("b is routed no more"));
            assertEquals(0, other.accepted());
        }
    }

    @Test
    void aClientThatFinishesBeforeItIsRoutedGetsItsAnswer() throws IOException {
        try (TestingUpstream app = greeting("app:");
                TestingUpstream other = greeting("");
                TestingProxy proxy = twoClusters(app, other).filter(router(Duration.ofSeconds(20))).start();
                TestingClient some = proxy.connect();
                TestingClient nothing = proxy.connect()) {
            some.send("a");
            some.finish();
            assertEquals("app:a", new String(some.readAll(), StandardCharsets.UTF_8));
            nothing.finish();
            assertEquals("app:", new String(nothing.readAll(), StandardCharsets.UTF_8));
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 2);
        }
    }

    /** Adds one to every byte; nothing of it stays the same, and it is given in portions of odd sizes. */
    private static final class Shift implements TransformFilter {
        private final byte[] scratch = new byte[777];

        @Override
        public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
            for (int from = 0; from < bytes.length();) {
                int count = Math.min(scratch.length, bytes.length() - from);
                bytes.copyTo(from, scratch, 0, count);
                for (int i = 0; i < count; i++) {
                    scratch[i]++;
                }
                bytes.drop(count);
                bytes.emit(scratch, 0, count);
                from += count;
            }
            return DataAction.CONTINUE;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "paranoid"})
    void transformedStreamsArriveWholeHoweverSlowTheReader(String checks) throws Exception {
        byte[] sent = new byte[4 << 20];
        new Random(5).nextBytes(sent);
        // There and back: two filters each way.
        byte[] expected = sent.clone();
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) (expected[i] + 4);
        }
        TestingFilter first = new TestingFilter("first",
                FilterTraits.transforms(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT), connection -> new Shift());
        TestingFilter second = new TestingFilter("second",
                FilterTraits.transforms(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT), connection -> new Shift());
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(first).filter(second)
                        .with("runtime: { eventLoops: 1, filterChecks: " + checks + " }")
                        .with("memory: { readBuffer: 16KiB, pool: 1MiB, stash: 1MiB }").start();
                TestingClient client = proxy.connect()) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    client.send(sent);
                    client.finish();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            InputStream in = client.socket().getInputStream();
            byte[] received = new byte[expected.length];
            Random random = new Random(6);
            for (int at = 0; at < received.length;) {
                int count = in.read(received, at, Math.min(received.length - at, 1 + random.nextInt(40_000)));
                assertTrue(count > 0, "ended at " + at);
                at += count;
            }
            assertEquals(-1, in.read());
            assertArrayEquals(expected, received);
            writer.join();
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    /** Lets bytes pass when the test says so. */
    private static final class TestingGate implements ConnectionFilter, ReadGate {
        private final AtomicInteger permits = new AtomicInteger();
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            asked.incrementAndGet();
            return direction == CLIENT_TO_UPSTREAM ? permits.get() : UNLIMITED;
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            return nowNanos + Duration.ofMillis(20).toNanos();
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            if (direction == CLIENT_TO_UPSTREAM && permits.addAndGet(-bytes) < 0) {
                throw new AssertionError("more was read than permitted");
            }
        }
    }

    @Test
    void behindAClosedGateAConnectionOwnsNothingAndIsNotIdle() throws IOException {
        TestingGate gate = new TestingGate();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener("timeouts: { idle: 100ms }")
                        .filter(filter(FilterTraits.connectionOnly(), gate)).start();
                TestingClient client = proxy.connect()) {
            client.send("0123456789");
            // Several times the idle time.
            Await.until("the gate to be asked again and again", () -> gate.asked.get() > 30);
            assertEquals(1, proxy.stats().connectionsActive());
            assertEquals(0, proxy.stats().buffersBorrowed());
            assertEquals(0, proxy.stats().buffersBorrowedPeak());
            gate.permits.set(4);
            assertEquals("0123", client.readText(4));
            gate.permits.set(100);
            assertEquals("456789", client.readText(6));
            assertEquals(94, gate.permits.get());
            proxy.awaitClosed(CloseReason.IDLE_TIMEOUT, 1);
        }
    }

    @Test
    void anAnswerFromAnotherThreadLetsTheConnectionGoOn() throws IOException {
        ConnectionFilter asks = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                Suspension suspension = context.suspend(Duration.ofSeconds(20), Answer.reject("late"));
                Thread.ofVirtual().start(() -> suspension.complete(Answer.accept()));
                return ConnectDecision.SUSPEND;
            }

            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                Suspension suspension = context.suspend(Duration.ofSeconds(20), Answer.reject("late"));
                Thread.ofVirtual().start(() -> suspension.complete(Answer.accept()));
                bytes.forwardAll();
                return DataAction.SUSPEND;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter(BOTH, asks)).start()) {
            List<TestingClient> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                clients.add(proxy.connect());
            }
            for (int round = 0; round < 20; round++) {
                for (TestingClient client : clients) {
                    client.send("ping " + round);
                }
                for (TestingClient client : clients) {
                    assertEquals("ping " + round, client.readText(("ping " + round).length()));
                }
            }
            for (TestingClient client : clients) {
                client.finish();
                assertEquals(TestingClient.End.FIN, client.end());
                client.close();
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 50);
        }
    }

    @Test
    void anOperatorsCloseCancelsAWait() throws IOException {
        CountDownLatch cancelled = new CountDownLatch(1);
        AtomicReference<@Nullable CloseReason> told = new AtomicReference<>();
        ConnectionFilter asks = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                Suspension suspension = context.suspend(Duration.ofMinutes(10), Answer.accept());
                suspension.onCancel(cancelled::countDown);
                return ConnectDecision.SUSPEND;
            }

            @Override
            public void onClose(CloseReason reason, ConnectionInfo connection) {
                told.set(reason);
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(filter(FilterTraits.connectionOnly(), asks)).start();
                TestingClient client = proxy.connect()) {
            Await.equal("the connection", 1, () -> proxy.stats().connectionsActive());
            proxy.server().drain(Duration.ZERO);
            assertEquals(TestingClient.End.RESET, client.end());
            assertEquals(0, cancelled.getCount());
            assertEquals(CloseReason.DRAIN_DEADLINE, told.get());
        }
    }

    @Test
    void aGateThatClosesBeforeTheEndpointIsDialledOpensInTime() throws IOException {
        TestingGate gate = new TestingGate();
        gate.permits.set(3);
        try (TestingUpstream app = TestingUpstream.echo();
                TestingUpstream other = greeting("");
                // If the gate were asked at the deadline of the connect only, the client would have given up.
                TestingProxy proxy = twoClusters(app, other).cluster("timeouts: { connect: 1m, connectTotal: 1m }")
                        .filter(new TestingFilter("gate", FilterTraits.connectionOnly(), connection -> gate))
                        .filter(router(Duration.ofSeconds(20))).start();
                TestingClient client = proxy.connect()) {
            client.send("abcdef");
            assertEquals("abc", client.readText(3));
            gate.permits.set(3);
            assertEquals("def", client.readText(3));
        }
    }

    @Test
    void aFilterThatForwardsBeforeItHasDecidedGoesOnSeeing() throws IOException {
        FilterTraits traits = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(64, Duration.ofMinutes(1))
                .waitedForBeforeRouting();
        TestingFilter counts = new TestingFilter("test", traits, connection -> new ConnectionFilter() {
            private int seen;

            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                seen += bytes.length();
                bytes.forwardAll();
                return seen < 10 ? DataAction.CONTINUE : DataAction.DETACH;
            }
        });
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(counts).start();
                TestingClient client = proxy.connect()) {
            client.send("abc");
            Await.until("the first part to be kept", () -> proxy.stats().stashBytes() > 0);
            client.send("defghijklmnop");
            assertEquals("abcdefghijklmnop", client.readText(16));
        }
    }

    /** Promise P3: what came before a FIN is delivered, also if its sender breaks while a filter still has it. */
    @Test
    void whatAFilterHoldsOfAFinishedStreamIsDeliveredAlthoughItsSenderBreaks() throws Exception {
        AtomicReference<@Nullable Suspension> waits = new AtomicReference<>();
        FilterTraits traits = FilterTraits.inspects(UPSTREAM_TO_CLIENT).holds(30_000, Duration.ofMinutes(1));
        ConnectionFilter scans = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                return DataAction.CONTINUE;
            }

            @Override
            public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                    ConnectionContext context) {
                bytes.forwardAll();
                Suspension suspension = context.suspend(Duration.ofMinutes(1), Answer.accept());
                waits.set(suspension);
                return DataAction.SUSPEND;
            }
        };
        byte[] document = new byte[20_000];
        new Random(7).nextBytes(document);
        CountDownLatch broken = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(server -> {
            server.getOutputStream().write(document);
            server.shutdownOutput();
            // The client's byte makes this side's close a reset.
            Await.until("the client's byte", () -> server.getInputStream().available() > 0);
            server.setSoLinger(true, 0);
            server.close();
            broken.countDown();
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter(traits, scans)).start();
                TestingClient client = proxy.connect()) {
            Suspension suspension = Await.value("the scan", waits::get, pending -> pending != null);
            client.send("x");
            broken.await();
            client.send("y");
            suspension.complete(Answer.accept());
            assertArrayEquals(document, client.read(document.length));
        }
    }

    @Test
    void halfCloseAndResetPassFilters() throws IOException {
        ConnectionFilter watches = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                bytes.forwardAll();
                return DataAction.CONTINUE;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter(BOTH, watches)).start()) {
            for (int i = 0; i < 50; i++) {
                try (TestingClient client = proxy.connect()) {
                    byte[] sent = new byte[100_000];
                    Arrays.fill(sent, (byte) i);
                    Thread writer = Thread.ofVirtual().start(() -> {
                        try {
                            client.send(sent);
                            client.finish();
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });
                    assertArrayEquals(sent, client.readAll());
                    writer.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 50);
            try (TestingUpstream resets = TestingUpstream.start(FilteredRelayTest::resetAfterOneByte);
                    TestingProxy second = TestingProxy.builder().endpoint(resets).filter(filter(BOTH, watches))
                            .start()) {
                for (int i = 0; i < 50; i++) {
                    try (TestingClient client = second.connect()) {
                        client.send("x");
                        assertEquals(TestingClient.End.RESET, client.end());
                    }
                }
                second.awaitClosed(CloseReason.UPSTREAM_RESET, 50);
            }
        }
    }

    private static void resetAfterOneByte(Socket client) throws IOException {
        OutputStream out = client.getOutputStream();
        if (client.getInputStream().read() >= 0) {
            out.write('y');
            client.setSoLinger(true, 0);
        }
    }

    @Test
    void aFilterKnowsBothEndsOfTheClientsConnection() throws IOException {
        AtomicReference<@Nullable String> seen = new AtomicReference<>();
        ConnectionFilter looks = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                seen.set(context.peer() + ":" + context.peerPort() + " " + context.source() + ":"
                        + context.sourcePort() + " " + context.destination() + ":" + context.destinationPort());
                return ConnectDecision.ACCEPT;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(filter(FilterTraits.connectionOnly(), looks)).start();
                TestingClient client = proxy.connect()) {
            client.roundTrip("x");
            int port = client.socket().getLocalPort();
            assertEquals("127.0.0.1:" + port + " 127.0.0.1:" + port + " 127.0.0.1:" + client.socket().getPort(),
                    seen.get());
        }
    }
}
