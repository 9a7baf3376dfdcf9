package dev.sluice.dist;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.Faults;
import dev.sluice.runtime.InjectedFault;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The filter type {@code fault} on real connections, on both transports. Each test ends with a ledger at zero. */
class FaultsOnSocketsTest {
    /** The number of connections that are cut, for each direction and transport. */
    private static final int CUTS = Integer.getInteger("sluice.faults.cuts", 50);
    private static final int BYTES = 40_000;

    /** The end of a stream at the server. */
    private record Received(int bytes, End end) {}

    private static TestingProxy.Builder proxy(String transport, TestingUpstream upstream) {
        return TestingProxy.builder().with("runtime: { eventLoops: 2, transport: " + transport + " }")
                .filter("type: fault").endpoint(upstream);
    }

    private static Received read(Socket from) throws IOException {
        byte[] some = new byte[8_192];
        int read = 0;
        try {
            for (int count; (count = from.getInputStream().read(some)) >= 0;) {
                read += count;
            }
            return new Received(read, End.FIN);
        } catch (SocketException reset) {
            return new Received(read, End.RESET);
        }
    }

    /** Sends, although the proxy may reset meanwhile. */
    private static void send(Socket to) {
        try {
            to.getOutputStream().write(new byte[BYTES]);
            to.shutdownOutput();
        } catch (IOException reset) {
            // That is what the fault does.
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void answersAreCutBehindExactlyTheirBytes(String transport) throws Exception {
        Random random = new Random(4711);
        try (TestingUpstream upstream = TestingUpstream.start(FaultsOnSocketsTest::sendAndRead);
                TestingProxy proxy = proxy(transport, upstream).start()) {
            for (int i = 0; i < CUTS; i++) {
                int bytes = 1 + random.nextInt(BYTES - 1);
                boolean orderly = i % 2 == 1;
                Fault fault = orderly ? Faults.finishAfter(bytes) : Faults.resetAfter(bytes);
                try (InjectedFault cut = proxy.server().faults().onListener("edge", fault);
                        TestingClient client = proxy.connect()) {
                    client.send("x");
                    assertEquals(new Received(bytes, orderly ? End.FIN : End.RESET), read(client.socket()),
                            cut::toString);
                }
            }
            proxy.awaitIdle();
            assertEquals(CUTS / 2, proxy.closed(CloseReason.FILTER_REJECTED));
        }
    }

    /** Waits for a byte, since a reset that comes at once meets a client that is not connected yet. */
    private static void sendAndRead(Socket client) throws IOException {
        client.getInputStream().read();
        send(client);
        read(client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void requestsAreCutBehindExactlyTheirBytes(String transport) throws Exception {
        Random random = new Random(4712);
        BlockingQueue<Received> received = new LinkedBlockingQueue<>();
        try (TestingUpstream upstream = TestingUpstream.start(client -> received.add(read(client)));
                TestingProxy proxy = proxy(transport, upstream).start()) {
            for (int i = 0; i < CUTS; i++) {
                int bytes = 1 + random.nextInt(BYTES - 1);
                boolean orderly = i % 2 == 1;
                Fault fault = (orderly ? Faults.finishAfter(bytes) : Faults.resetAfter(bytes)).on(CLIENT_TO_UPSTREAM);
                try (InjectedFault _ = proxy.server().faults().onListener("edge", fault);
                        TestingClient client = proxy.connect()) {
                    send(client.socket());
                    Received there = received.poll(20, TimeUnit.SECONDS);
                    assertEquals(new Received(bytes, orderly ? End.FIN : End.RESET), assertNotNullAnd(there));
                }
            }
            proxy.awaitIdle();
        }
    }

    private static Received assertNotNullAnd(Received there) {
        assertNotNull(there, "the server saw no end");
        return there;
    }

    /** More than a buffer has room for, so that the filter waits while nothing more can be read. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void buffersThatAreFullAreLateAndArrive(String transport) throws Exception {
        int bytes = 1_000_000;
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().read();
            client.getOutputStream().write(new byte[bytes]);
        });
                TestingProxy proxy = proxy(transport, upstream).start();
                InjectedFault _ = proxy.server().faults().onListener("edge", Faults.latency(Duration.ofMillis(5)));
                TestingClient client = proxy.connect()) {
            client.send("x");
            assertEquals(new Received(bytes, End.FIN), read(client.socket()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void noByteIsEarlyOrLostWhateverIsCombined(String transport) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder()
                        .with("runtime: { eventLoops: 2, transport: " + transport + " }")
                        .filter("type: fault, config: { faults: [ { latency: 30ms, jitter: 5ms, direction: both },"
                                + " { bandwidth: 512KiB/s }, { slice: { min: 100, max: 900 } }, { slowClose: 40ms } ] }")
                        .endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            byte[] sent = new byte[20_000];
            new Random(5).nextBytes(sent);
            long begin = System.nanoTime();
            client.send("x");
            assertEquals("x", client.readText(1));
            long first = System.nanoTime() - begin;
            assertTrue(first >= Duration.ofMillis(50).toNanos(), () -> "the first byte took " + first + " ns");
            client.send(sent);
            client.finish();
            assertArrayEquals(sent, client.readAll());
            long all = System.nanoTime() - begin;
            assertTrue(all >= Duration.ofMillis(50 + 50 + 30 + 40).toNanos(), () -> "the end took " + all + " ns");
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void whatABlackHoleHeldGoesOnWhenItEnds(String transport) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy(transport, upstream).start();
                TestingClient open = proxy.connect()) {
            assertEquals("before", open.roundTrip("before"));
            for (Direction direction : Direction.values()) {
                try (InjectedFault _ = proxy.server().faults().onCluster("app", Faults.blackHole().on(direction))) {
                    open.send("held ");
                    open.send("back");
                    open.socket().setSoTimeout(100);
                    assertThrows(IOException.class, () -> open.read(1));
                    open.socket().setSoTimeout((int) Await.PATIENCE.toMillis());
                }
                assertEquals("held back", open.readText(9));
            }
            try (InjectedFault _ = proxy.server().faults().onEndpoint("app", upstream.address(),
                    Faults.blackHole().thenReset(Duration.ofMillis(50)))) {
                assertEquals(End.RESET, open.end());
            }
            try (InjectedFault _ = proxy.server().faults().onEndpoint("app", "127.0.0.1:1", Faults.blackHole());
                    TestingClient other = proxy.connect()) {
                assertEquals("untouched", other.roundTrip("untouched"));
            }
            proxy.awaitIdle();
        }
    }

    /** Whether a client is reset, perhaps before it knows that it is connected. */
    private static boolean isRefused(TestingProxy proxy) throws IOException {
        try (TestingClient client = proxy.connect()) {
            return client.end() == End.RESET;
        } catch (SocketException reset) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void refusedAndClosedLate(String transport) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy(transport, upstream).start()) {
            try (InjectedFault _ = proxy.server().faults().onListener("edge", Faults.refuse())) {
                assertTrue(isRefused(proxy));
            }
            try (InjectedFault _ = proxy.server().faults().onListener("edge",
                    Faults.slowClose(Duration.ofMillis(60)).onBoth()); TestingClient client = proxy.connect()) {
                long begin = System.nanoTime();
                client.send("bye");
                client.finish();
                assertEquals("bye", new String(client.readAll(), StandardCharsets.US_ASCII));
                assertTrue(System.nanoTime() - begin >= Duration.ofMillis(120).toNanos());
            }
            assertEquals(List.of(), proxy.server().faults().all());
            proxy.awaitIdle();
        }
    }

    /** By these a person on call sees a fault that was left. */
    @Test
    void thoseThatAreActiveAreCounted() throws Exception {
        String series = "sluice_faults_active{filter=\"fault\",listener=\"edge\"}";
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy("auto", upstream).with("admin: { listen: \"127.0.0.1:0\" }").start()) {
            SocketAddress admin = proxy.server().adminAddress().orElseThrow();
            try (InjectedFault _ = proxy.server().faults().onListener("edge", Faults.refuse());
                    InjectedFault _ = proxy.server().faults().onListener("edge", Faults.blackHole())) {
                assertEquals(2, TestingMetrics.value(admin, series));
            }
            assertEquals(0, TestingMetrics.value(admin, series));
        }
    }

    @Test
    void refusalsSayWhatIsThere() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = proxy("auto", upstream).start()) {
            IllegalArgumentException listener = assertThrows(IllegalArgumentException.class,
                    () -> proxy.server().faults().onListener("egde", Faults.refuse()));
            assertEquals("there is no listener 'egde'; there are: edge", listener.getMessage());
            IllegalArgumentException cluster = assertThrows(IllegalArgumentException.class,
                    () -> proxy.server().faults().onCluster("ap", Faults.blackHole()));
            assertEquals("there is no cluster 'ap'; there are: app", cluster.getMessage());
        }
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            IllegalArgumentException none = assertThrows(IllegalArgumentException.class,
                    () -> proxy.server().faults().onListener("edge", Faults.refuse()));
            assertEquals("listener edge has no filter that injects faults: add 'type: fault' to its filters",
                    none.getMessage());
        }
    }
}
