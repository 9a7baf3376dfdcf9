package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import dev.sluice.api.Answer;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Ends that filters give a stream or a connection: FIN behind some of the bytes, a reset behind all of them, a reset at a time. */
class EarlyEndTest {
    /** Ends a direction behind its first bytes. */
    private static class Finishing implements ConnectionFilter {
        final Direction direction;
        final List<String> calls = new CopyOnWriteArrayList<>();
        private int left;

        Finishing(Direction direction, int bytes) {
            this.direction = direction;
            this.left = bytes;
        }

        @Override
        public DataAction onData(Direction seen, BorrowedBytes bytes, ConnectionContext context) {
            calls.add("data");
            int count = Math.min(left, bytes.length());
            bytes.forward(count);
            left -= count;
            if (left == 0) {
                context.finish(direction);
            }
            return DataAction.CONTINUE;
        }

        @Override
        public void onEndOfStream(Direction seen, ConnectionContext context) {
            calls.add("end");
        }
    }

    private static final class TransformingFinishing extends Finishing implements TransformFilter {
        TransformingFinishing(Direction direction, int bytes) {
            super(direction, bytes);
        }

        @Override
        public DataAction onData(Direction seen, BorrowedBytes bytes, ConnectionContext context) {
            return super.onData(seen, bytes, context);
        }

        @Override
        public DataAction onData(Direction seen, TransformBytes bytes, ConnectionContext context) {
            return super.onData(seen, bytes, context);
        }
    }

    private static TestingFilter filter(String type, FilterTraits traits, Function<Object, ConnectionFilter> filters) {
        return new TestingFilter(type, traits, filters::apply);
    }

    private static TestingFilter finishing(boolean transforms, Direction direction, int bytes) {
        return transforms
                ? filter("finishing", FilterTraits.transforms(direction),
                        connection -> new TransformingFinishing(direction, bytes))
                : filter("finishing", FilterTraits.inspects(direction), connection -> new Finishing(direction, bytes));
    }

    /** Sends much more than anybody reads, and then FIN; echoes meanwhile to {@code heard}. */
    private static TestingUpstream talking(AtomicReference<String> heard) {
        return TestingUpstream.start(client -> {
            client.getOutputStream().write("abcdefgh".getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(new byte[8_000_000]);
            client.shutdownOutput();
            heard.set(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAnswerThatIsCutLooksCompleteAndTheServerNoticesNothing(boolean transforms) throws IOException {
        AtomicReference<String> heard = new AtomicReference<>("");
        try (TestingUpstream upstream = talking(heard);
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(finishing(transforms, UPSTREAM_TO_CLIENT, 5)).start();
                TestingClient client = proxy.connect()) {
            assertEquals("abcde", new String(client.readAll(), StandardCharsets.US_ASCII));
            client.send("still ");
            client.send("there");
            client.finish();
            Await.equal("bytes at the server", "still there", heard::get);
            proxy.awaitIdle();
            assertEquals(1, proxy.closed(CloseReason.UPSTREAM_FINISHED) + proxy.closed(CloseReason.CLIENT_FINISHED));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestThatIsCutLooksCompleteAndTheClientGetsTheAnswer(boolean transforms) throws IOException {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(finishing(transforms, CLIENT_TO_UPSTREAM, 5)).start();
                TestingClient client = proxy.connect()) {
            client.send("abcdefgh");
            client.send(new byte[4_000_000]);
            assertEquals("abcde", new String(client.readAll(), StandardCharsets.US_ASCII));
            client.send("this goes nowhere");
            client.finish();
            proxy.awaitIdle();
        }
    }

    @Test
    void filtersBehindSeeTheEndAndThoseBeforeAreGone() throws IOException {
        Finishing before = new Finishing(UPSTREAM_TO_CLIENT, Integer.MAX_VALUE);
        Finishing behind = new Finishing(UPSTREAM_TO_CLIENT, Integer.MAX_VALUE);
        FilterTraits sees = FilterTraits.inspects(UPSTREAM_TO_CLIENT);
        for (boolean transforms : new boolean[]{false, true}) {
            before.calls.clear();
            behind.calls.clear();
            try (TestingUpstream upstream = TestingUpstream.start(client -> {
                client.getOutputStream().write("abcdefgh".getBytes(StandardCharsets.US_ASCII));
                client.getInputStream().read();
                client.getOutputStream().write("more".getBytes(StandardCharsets.US_ASCII));
                client.getInputStream().read();
            });
                    TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                            .filter(filter("before", sees, connection -> before))
                            .filter(finishing(transforms, UPSTREAM_TO_CLIENT, 5))
                            .filter(filter("behind", sees, connection -> behind)).start();
                    TestingClient client = proxy.connect()) {
                assertEquals("abcde", new String(client.readAll(), StandardCharsets.US_ASCII));
                client.send("go on");
                client.finish();
                proxy.awaitIdle();
            }
            assertEquals(List.of("data"), before.calls);
            assertEquals(List.of("data", "end"), behind.calls);
        }
    }

    @Test
    void finishAndSuspendDoNotGoTogether() throws IOException {
        ConnectionFilter both = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                context.finish(direction);
                context.suspend(Duration.ofSeconds(1), Answer.accept());
                return DataAction.SUSPEND;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(
                        filter("both", FilterTraits.inspects(CLIENT_TO_UPSTREAM), connection -> both)).start();
                TestingClient client = proxy.connect()) {
            client.send("x");
            assertEquals(End.RESET, client.end());
            proxy.awaitClosed(CloseReason.FILTER_FAILED, 1);
        }
    }

    /** Lets a number of bytes pass, and rejects behind the last of them. */
    private static TestingFilter rejecting(int most) {
        return filter("rejecting", FilterTraits.inspects(UPSTREAM_TO_CLIENT), connection -> new ConnectionFilter() {
            private int left = most;

            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                int count = Math.min(left, bytes.length());
                bytes.forward(count);
                left -= count;
                return left == 0 ? DataAction.REJECT : DataAction.CONTINUE;
            }
        });
    }

    @Test
    void everyByteBeforeARefusalReachesAReaderThatIsSlow() throws IOException {
        assumeTrue(TestingTransport.realHearsResets(), "the portable transport cannot know what is under way");
        int most = 3_000_000;
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getOutputStream().write(new byte[2 * most]);
            client.getInputStream().read();
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(rejecting(most)).start();
                TestingClient client = proxy.connect()) {
            byte[] some = new byte[5_000];
            int read = 0;
            try {
                for (int count; (count = client.socket().getInputStream().read(some)) >= 0;) {
                    read += count;
                }
                throw new AssertionError("FIN after " + read + " bytes");
            } catch (SocketException reset) {
                assertEquals(most, read);
            }
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(value = ConnectDecision.class, names = {"ACCEPT", "REJECT", "TARPIT"})
    void aFilterIsWokenAtItsTimeAlthoughNothingHappens(ConnectDecision decision) throws IOException {
        List<Long> late = new CopyOnWriteArrayList<>();
        ConnectionFilter waking = new ConnectionFilter() {
            private long at;

            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                at = context.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
                context.wakeAt(at);
                return ConnectDecision.ACCEPT;
            }

            @Override
            public ConnectDecision onWake(ConnectionContext context) {
                late.add(context.nanoTime() - at);
                return decision;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(filter("waking", FilterTraits.connectionOnly(), connection -> waking)).start();
                TestingClient client = proxy.connect()) {
            if (decision == ConnectDecision.ACCEPT) {
                Await.equal("calls", 1, late::size);
                assertEquals("goes on", client.roundTrip("goes on"));
            } else {
                assertEquals(End.RESET, client.end());
                proxy.awaitClosed(decision == ConnectDecision.REJECT
                        ? CloseReason.FILTER_REJECTED
                        : CloseReason.FILTER_FAILED, 1);
            }
            assertEquals(1, late.size());
            assertTrue(late.getFirst() >= 0, () -> "too early by " + -late.getFirst() + " ns");
        }
    }

    @Test
    void anotherThreadWakesAFilterUntilItsConnectionHasEnded() throws IOException {
        AtomicReference<Runnable> waker = new AtomicReference<>(() -> {});
        List<String> calls = new CopyOnWriteArrayList<>();
        ConnectionFilter waking = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                waker.set(context.waker());
                return ConnectDecision.ACCEPT;
            }

            @Override
            public ConnectDecision onWake(ConnectionContext context) {
                calls.add(context.cluster() + " " + context.endpoint());
                return calls.size() == 2 ? ConnectDecision.REJECT : ConnectDecision.ACCEPT;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(filter("waking", FilterTraits.connectionOnly(), connection -> waking)).start();
                TestingClient client = proxy.connect()) {
            assertEquals("open", client.roundTrip("open"));
            Objects.requireNonNull(waker.get()).run();
            Await.equal("calls", 1, calls::size);
            Objects.requireNonNull(waker.get()).run();
            assertEquals(End.RESET, client.end());
            Objects.requireNonNull(waker.get()).run();
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 1);
            assertEquals(List.of("app " + upstream.address(), "app " + upstream.address()), calls);
        }
    }
}
