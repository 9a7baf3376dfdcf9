package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingSilentEndpoint;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Promises of {@code internals/faults.md}, one test for each; those that are about the daemon or its filters are in
 * PromisesIT.
 */
class PromisesTest {
    /** More than the kernel's buffers on the way to a receiver that does not read. */
    private static final byte[] MORE_THAN_FITS = new byte[50_000_000];
    private static final int MANY = FaultSize.of(100, 10_000);

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void joinAll(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void p1NoConnectionFailsBecauseOfAReload() throws Exception {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        try (TestingUpstream one = TestingUpstream.echo();
                TestingUpstream two = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(one);
                TestingClient open = proxy.connect()) {
            assertEquals("open", open.roundTrip("open"));
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < 3; caller++) {
                callers.add(Thread.ofPlatform().start(() -> {
                    while (!stop.get()) {
                        try (TestingClient client = proxy.connect()) {
                            assertEquals("hello", client.roundTrip("hello"));
                            served.incrementAndGet();
                        } catch (IOException | AssertionError e) {
                            failures.add(e);
                        }
                    }
                }));
            }
            for (int reload = 0; reload < FaultSize.of(20, 1_000); reload++) {
                int before = served.get();
                String yaml = TestingProxy.builder().endpoint(reload % 2 == 0 ? two : one)
                        .listener("timeouts: { idle: " + (60 + reload) + "s }").yaml();
                assertTrue(proxy.server().reload(yaml).applied());
                Await.until("clients to be served", () -> served.get() > before || !failures.isEmpty());
            }
            stop.set(true);
            joinAll(callers);
            assertEquals(List.of(), List.copyOf(failures), "of " + served.get() + " connections");
            assertEquals("still", open.roundTrip("still"));
        }
    }

    /** @param first the side that finishes first, with bytes right before its FIN; the other side answers only then */
    @ParameterizedTest
    @EnumSource(Direction.class)
    void p3EveryByteBeforeAFinIsDelivered(Direction first) throws Exception {
        byte[] said = new byte[100_000];
        byte[] answer = new byte[100_000];
        new Random(3).nextBytes(said);
        new Random(33).nextBytes(answer);
        boolean clientFirst = first == CLIENT_TO_UPSTREAM;
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            if (clientFirst) {
                assertArrayEquals(said, client.getInputStream().readAllBytes());
                client.getOutputStream().write(answer);
            } else {
                client.getOutputStream().write(said);
                client.shutdownOutput();
                assertArrayEquals(answer, client.getInputStream().readAllBytes());
            }
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            for (int i = 0; i < MANY; i++) {
                try (TestingClient client = proxy.connect()) {
                    if (clientFirst) {
                        client.send(said);
                        client.finish();
                        assertArrayEquals(answer, client.readAll());
                    } else {
                        assertArrayEquals(said, client.readAll());
                        client.send(answer);
                        client.finish();
                    }
                }
            }
            proxy.awaitClosed(clientFirst ? CloseReason.CLIENT_FINISHED : CloseReason.UPSTREAM_FINISHED, MANY);
        }
    }

    /** Both sides cut in the middle of what they send, with bytes that arrived before and bytes that are still under way. */
    @Test
    void p4ACutStreamNeverLooksComplete() throws Exception {
        AtomicInteger cut = new AtomicInteger();
        AtomicInteger complete = new AtomicInteger();
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            if (client.getInputStream().read() == 'R') {
                client.getOutputStream().write(new byte[20_000]);
                client.setSoLinger(true, 0);
                return;
            }
            client.getOutputStream().write('x');
            try {
                client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                complete.incrementAndGet();
            } catch (SocketException reset) {
                cut.incrementAndGet();
            }
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            for (int i = 0; i < MANY; i++) {
                try (TestingClient client = proxy.connect()) {
                    client.send("R");
                    assertEquals(End.RESET, client.end());
                }
                TestingClient client = proxy.connect();
                client.send("?");
                client.read(1);
                client.send(new byte[20_000]);
                client.reset();
            }
            Await.equal("streams that the endpoint saw end", MANY, () -> cut.get() + complete.get());
            assertEquals(0, complete.get(), "cut streams that looked complete");
            proxy.awaitIdle();
            assertEquals(Map.of(CloseReason.CLIENT_RESET, (long) MANY, CloseReason.UPSTREAM_RESET, (long) MANY),
                    ends(proxy));
        }
    }

    private static Map<CloseReason, Long> ends(TestingProxy proxy) {
        Map<CloseReason, Long> ends = new ConcurrentHashMap<>(proxy.stats().closed());
        ends.values().removeIf(count -> count == 0);
        return ends;
    }

    /** Waits for a line before routing; one client is kept in the tarpit when that is asked for. */
    private static final class Routing implements ConnectionFilter {
        private final AtomicBoolean tarpitNext;

        Routing(AtomicBoolean tarpitNext) {
            this.tarpitNext = tarpitNext;
        }

        @Override
        public ConnectDecision onConnect(ConnectionContext context) {
            return tarpitNext.getAndSet(false) ? ConnectDecision.TARPIT : ConnectDecision.ACCEPT;
        }

        @Override
        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
            return bytes.indexOf((byte) '\n', 0, bytes.length()) < 0 ? DataAction.CONTINUE : DataAction.DETACH;
        }
    }

    private static void behave(Socket client, CountDownLatch over) throws IOException {
        switch (client.getInputStream().read()) {
            case 'w' -> client.getOutputStream().write(MORE_THAN_FITS);
            case 'f' -> {
                client.shutdownOutput();
                await(over);
            }
            case 'l' -> {
                // Its stream is whole when it breaks.
                client.getOutputStream().write('x');
                client.shutdownOutput();
                client.getInputStream().read();
                client.setSoLinger(true, 0);
            }
            default -> await(over);
        }
    }

    private static void sendWithoutEnd(TestingClient client) {
        Thread.ofVirtual().start(() -> {
            try {
                client.send("d\n");
                client.send(MORE_THAN_FITS);
            } catch (IOException reset) {
                // The expected end.
            }
        });
    }

    /** Each state is entered by a client of its own, which then does nothing more; the proxy ends them all. */
    @Test
    void p8NoStateIsWithoutADeadline() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        AtomicBoolean tarpitNext = new AtomicBoolean(true);
        List<TestingClient> clients = new ArrayList<>();
        TestingFilter routing = new TestingFilter("routing", FilterTraits.inspects(CLIENT_TO_UPSTREAM)
                .holds(64, Duration.ofMillis(500)).waitedForBeforeRouting(Duration.ofMillis(500)),
                connection -> new Routing(tarpitNext));
        String timeouts = "timeouts: { idle: 700ms, halfClosed: 600ms, writeStall: 500ms, linger: 500ms, tarpit: 500ms }";
        try (TestingUpstream upstream = TestingUpstream.start(client -> behave(client, over));
                TestingProxy proxy = TestingProxy.builder().filter(routing).listener(timeouts).endpoint(upstream)
                        .start();
                TestingSilentEndpoint silent = new TestingSilentEndpoint();
                TestingProxy connecting = TestingProxy.builder().endpoint(silent.address())
                        .cluster("timeouts: { connect: 500ms }").start()) {
            clients.add(proxy.connect());
            Await.until("a client to be in the tarpit", () -> !tarpitNext.get());
            for (String begun : List.of("", "no line", "i\n", "w\n", "f\n", "l\n", "h\n")) {
                TestingClient client = proxy.connect();
                client.send(begun);
                clients.add(client);
                if (begun.equals("h\n")) {
                    client.finish();
                }
            }
            TestingClient deaf = proxy.connect();
            clients.add(deaf);
            sendWithoutEnd(deaf);
            clients.add(connecting.connect());
            long entered = System.nanoTime();
            connecting.awaitClosed(CloseReason.CONNECT_TIMEOUT, 1);
            proxy.awaitIdle();
            long took = System.nanoTime() - entered;
            assertTrue(took < Duration.ofSeconds(10).toNanos(), "the last one was closed after " + took + " ns");
            Map<CloseReason, Long> ends = ends(proxy);
            // The one that lingers has sent nothing since: its endpoint's reset is found, or its own silence.
            long lingered = ends.getOrDefault(CloseReason.UPSTREAM_RESET, 0L);
            assertEquals(Map.of(CloseReason.FILTER_REJECTED, 2L, CloseReason.FILTER_TARPITTED, 1L,
                    CloseReason.IDLE_TIMEOUT, 1L, CloseReason.CLIENT_WRITE_STALL, 1L, CloseReason.UPSTREAM_WRITE_STALL,
                    1L, CloseReason.HALF_CLOSED_TIMEOUT, 3L - lingered),
                    without(ends, CloseReason.UPSTREAM_RESET));
            over.countDown();
            for (TestingClient client : clients) {
                client.close();
            }
        }
    }

    private static Map<CloseReason, Long> without(Map<CloseReason, Long> ends, CloseReason reason) {
        ends.remove(reason);
        return ends;
    }

    @ParameterizedTest
    @ValueSource(strings = {"process", "listener", "cluster", "endpoint"})
    void p9LimitsAreExact(String level) throws Exception {
        int max = 5;
        int more = 7;
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            TestingProxy.Builder builder = TestingProxy.builder().cluster("queue: { max: 100, timeout: 1h }");
            switch (level) {
                case "process" -> builder.with("limits: { maxConnections: 5 }").endpoint(upstream);
                case "listener" -> builder.listener("maxConnections: 5").endpoint(upstream);
                case "cluster" -> builder.cluster("maxConnections: 5").endpoint(upstream);
                default -> builder.endpoint(upstream, "maxConnections: 5");
            }
            try (TestingProxy proxy = builder.start()) {
                Queue<TestingClient> served = new ConcurrentLinkedQueue<>();
                for (int i = 0; i < max + more; i++) {
                    TestingClient client = proxy.connect();
                    client.send("x");
                    Thread.ofVirtual().start(() -> addOnceServed(client, served));
                }
                for (int gone = 0; gone <= more; gone++) {
                    Await.equal("clients that are served", max, served::size);
                    for (int round = 0; round < 10; round++) {
                        for (TestingClient client : served) {
                            assertEquals("y", client.roundTrip("y"));
                        }
                    }
                    // Each loop has turned several times since the last one was let in.
                    assertEquals(max + gone, upstream.accepted(), "let in");
                    served.remove().close();
                }
                for (TestingClient client : served) {
                    client.close();
                }
                proxy.awaitClosed(CloseReason.CLIENT_FINISHED, max + more);
            }
        }
    }

    private static void addOnceServed(TestingClient client, Queue<TestingClient> served) {
        try {
            client.readText(1);
            served.add(client);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Fails in the way that its client asks for by its first byte. */
    private static final class Failing implements ConnectionFilter {
        @Override
        public ConnectDecision onConnect(ConnectionContext context) {
            return ConnectDecision.ACCEPT;
        }

        @Override
        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
            switch (direction == CLIENT_TO_UPSTREAM ? bytes.get(0) : 'x') {
                case 'E' -> throw new IllegalStateException("a plugin's own");
                case 'M' -> throw new OutOfMemoryError("pretended");
                case 'S' -> throw endless(1);
                case 'L' -> bytes.get(bytes.length());
                default -> bytes.forwardAll();
            }
            // With bytes left and no hold, the contract is broken.
            return DataAction.CONTINUE;
        }

        private static Error endless(int depth) {
            return depth < 0 ? new Error() : endless(depth + 1);
        }

        @Override
        public void onClose(CloseReason reason, ConnectionInfo connection) {
            throw new IllegalStateException("at the end, too");
        }
    }

    @Test
    void p11APluginCostsItsOwnConnection() throws Exception {
        TestingFilter failing = new TestingFilter("failing",
                FilterTraits.inspects(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT), connection -> new Failing());
        int rounds = FaultSize.of(25, 1_000);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().loops(1).filter(failing).endpoint(upstream).start();
                TestingClient neighbour = proxy.connect()) {
            for (int i = 0; i < rounds; i++) {
                for (String way : List.of("E", "M", "S", "L")) {
                    try (TestingClient client = proxy.connect()) {
                        assertEquals("ok", client.roundTrip("ok"));
                        client.send(way);
                        assertEquals(End.RESET, client.end());
                    }
                    assertEquals("neighbour", neighbour.roundTrip("neighbour"));
                }
            }
            Await.equal("connections that failed", 4L * rounds, () -> proxy.closed(CloseReason.FILTER_FAILED));
            assertEquals(1, proxy.stats().connectionsActive());
        }
    }

    private static void mixedLoad(TestingProxy proxy, int connections) throws Exception {
        byte[] much = new byte[200_000];
        for (int i = 0; i < connections; i++) {
            TestingClient client = proxy.connect();
            switch (i % 4) {
                case 0 -> assertEquals("x", client.roundTrip("x"));
                case 1 -> client.reset();
                case 2 -> {
                    client.send(much);
                    client.read(much.length);
                    client.finish();
                    assertEquals(End.FIN, client.end());
                }
                default -> {
                    client.send(much);
                    client.reset();
                }
            }
            client.close();
        }
        proxy.awaitIdle();
    }

    @Test
    void p12AfterLoadEverythingIsBackAtItsBaseline() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            // The first connections load what stays.
            mixedLoad(proxy, 20);
            Await.equal("open connections of the upstream", 0, upstream::open);
            long descriptors = Ledger.descriptors();
            long threads = proxyThreads();
            mixedLoad(proxy, FaultSize.of(400, 100_000));
            Await.equal("open connections of the upstream", 0, upstream::open);
            Await.value("descriptors, " + descriptors + " before", Ledger::descriptors, now -> now <= descriptors);
            assertEquals(threads, proxyThreads());
            assertEquals(0, proxy.stats().buffersBorrowed());
            assertEquals(0, proxy.stats().stashBytes());
            assertEquals(0, proxy.stats().pipesBorrowed());
        }
    }

    private static long proxyThreads() {
        return Arrays.stream(Thread.getAllStackTraces().keySet().toArray(Thread[]::new))
                .filter(thread -> thread.getName().startsWith("sluice-")).count();
    }
}
