package dev.sluice.runtime.relay;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
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
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Filters, gates and clients that misbehave, on real connections: faults 1 and 35 to 39. */
class FilterFaultsTest {
    private static final FilterTraits BOTH = FilterTraits.inspects(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT);

    private static TestingFilter filter(FilterTraits traits, ConnectionFilter shared) {
        return new TestingFilter("test", traits, connection -> shared);
    }

    /** Faults 35 to 39 on real connections: one listener, one filter that fails for some, traffic of the others compared byte for byte. */
    @Test
    void aFilterThatThrowsCostsItsOwnConnectionsOnly() throws Exception {
        ConnectionFilter moody = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                if (bytes.get(0) == '!') {
                    throw new OutOfMemoryError("pretended");
                }
                bytes.forwardAll();
                return DataAction.CONTINUE;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter(BOTH, moody)).start()) {
            Function<Integer, @Nullable Throwable> good = rounds -> {
                try (TestingClient client = proxy.connect()) {
                    for (int i = 0; i < rounds; i++) {
                        assertEquals("message " + i, client.roundTrip("message " + i));
                    }
                    return null;
                } catch (IOException | AssertionError e) {
                    return e;
                }
            };
            List<AtomicReference<@Nullable Throwable>> failures = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
                failures.add(failure);
                threads.add(Thread.ofVirtual().start(() -> failure.set(good.apply(500))));
            }
            for (int i = 0; i < 300; i++) {
                try (TestingClient bad = proxy.connect()) {
                    assertEquals("ok", bad.roundTrip("ok"));
                    bad.send("!");
                    assertEquals(TestingClient.End.RESET, bad.end());
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (AtomicReference<@Nullable Throwable> failure : failures) {
                assertEquals(null, failure.get());
            }
            Await.equal("failed connections", 300L, () -> proxy.closed(CloseReason.FILTER_FAILED));
        }
    }

    /** Logging what a plugin threw runs code of the plugin. */
    @Test
    void anExceptionThatThrowsWhenItIsLoggedCostsItsConnectionOnly() throws IOException {
        class Nasty extends RuntimeException {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new Nasty();
            }
        }
        ConnectionFilter nasty = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                throw new Nasty();
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().loops(1).endpoint(upstream)
                        .filter(filter(FilterTraits.inspects(CLIENT_TO_UPSTREAM), nasty)).start()) {
            for (int i = 0; i < 3; i++) {
                try (TestingClient client = proxy.connect()) {
                    client.send("x");
                    assertEquals(TestingClient.End.RESET, client.end());
                }
            }
            proxy.awaitClosed(CloseReason.FILTER_FAILED, 3);
        }
    }

    /** A filter whose gate throws. */
    private static final class BrokenGate implements ConnectionFilter, ReadGate {
        private final boolean closed;

        BrokenGate(boolean closed) {
            this.closed = closed;
        }

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            return closed ? 0 : wanted;
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            throw new IllegalStateException("retryAtNanos");
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            throw new IllegalStateException("consumed");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGateThatThrowsEndsItsConnectionAndLeavesNothing(boolean closed) throws IOException {
        ConnectionFilter watches = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                bytes.forwardAll();
                return DataAction.CONTINUE;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(new TestingFilter("gate", FilterTraits.connectionOnly(), c -> new BrokenGate(closed)))
                        .filter(filter(BOTH, watches)).start()) {
            for (int i = 0; i < 20; i++) {
                try (TestingClient client = proxy.connect()) {
                    client.send("x");
                    assertEquals(TestingClient.End.RESET, client.end());
                }
            }
            proxy.awaitClosed(CloseReason.FILTER_FAILED, 20);
            assertEquals(0, proxy.stats().buffersBorrowed());
        }
    }

    /** A receiver that does not read is a write that stalls, also if a filter waits for room meanwhile; its hold has nothing to do with it. */
    @Test
    void aFilterThatMakesMuchOfLittleWaitsForTheReceiver() throws IOException {
        ConnectionFilter expands = new TransformFilter() {
            @Override
            public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
                for (int i = 0; i < bytes.length() && bytes.emitCapacity() > 0; i++) {
                    byte[] many = new byte[Math.min(64, bytes.emitCapacity())];
                    bytes.drop(1);
                    bytes.emit(many, 0, many.length);
                }
                return DataAction.CONTINUE;
            }
        };
        FilterTraits traits = FilterTraits.transforms(UPSTREAM_TO_CLIENT).holds(1 << 14, Duration.ofMillis(200));
        try (TestingUpstream upstream = TestingUpstream.start(server -> {
            byte[] bytes = new byte[1 << 20];
            while (true) {
                server.getOutputStream().write(bytes);
            }
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter(traits, expands))
                        .listener("timeouts: { writeStall: 2s }").start();
                TestingClient client = proxy.connect()) {
            proxy.awaitClosed(CloseReason.CLIENT_WRITE_STALL, 1);
            assertEquals(TestingClient.End.RESET, client.end());
        }
    }

    /** A loop that was kept by something else looks at what clients have sent meanwhile before it calls them silent. */
    @Test
    void aClientIsNotSilentBecauseTheLoopWasBusy() throws Exception {
        Duration silence = Duration.ofMillis(50);
        FilterTraits traits = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(16, Await.PATIENCE)
                .waitedForBeforeRouting(silence);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        ConnectionFilter keepsTheLoop = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                busy.countDown();
                try {
                    assertTrue(free.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return ConnectDecision.ACCEPT;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter(traits, keepsTheLoop))
                        .start();
                TestingClient client = proxy.connect()) {
            assertTrue(busy.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            long since = System.nanoTime();
            client.send("x");
            Await.until("the time for silence to be over", () -> System.nanoTime() - since > 2 * silence.toNanos());
            free.countDown();
            assertEquals('x', client.read(1)[0]);
        }
    }

    /** Fault 1, in small: clients that dribble are gone by the deadline, keep little, and do not keep good ones from being served. */
    @Test
    void clientsThatDribbleAreGoneByTheDeadline() throws Exception {
        FilterTraits traits = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(4096, Duration.ofSeconds(2))
                .waitedForBeforeRouting();
        ConnectionFilter waitsForALine = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                return bytes.indexOf((byte) '\n', 0, bytes.length()) < 0 ? DataAction.CONTINUE : DataAction.DETACH;
            }
        };
        int slow = 300;
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter(traits, waitsForALine))
                        .start()) {
            List<TestingClient> slowOnes = new ArrayList<>();
            for (int i = 0; i < slow; i++) {
                slowOnes.add(proxy.connect());
            }
            int served = 0;
            while (proxy.closed(CloseReason.FILTER_REJECTED) < slow) {
                for (TestingClient client : slowOnes) {
                    try {
                        client.send("x");
                    } catch (IOException gone) {
                        // Its time is over.
                    }
                }
                assertTrue(proxy.stats().stashBytes() <= slow * 6L * 1024, "stash " + proxy.stats().stashBytes());
                try (TestingClient good = proxy.connect()) {
                    assertEquals("good\n", good.roundTrip("good\n"));
                    served++;
                }
            }
            assertTrue(served > 0);
            assertEquals(slow, proxy.closed(CloseReason.FILTER_REJECTED));
            for (TestingClient client : slowOnes) {
                client.close();
            }
            proxy.awaitIdle();
        }
    }
}
