package dev.sluice.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clusters of a real server on real sockets: what they learn about their endpoints, and what follows for clients. */
class ClusterLifeTest extends ClusterFixture {
    private static final String CHECK = "healthCheck: { interval: 100ms, timeout: 100ms, rise: 1, fall: 2 }";

    private long checks(String result) {
        return cluster().endpoints().getFirst().checks().getOrDefault(result, 0L);
    }

    private static byte[] bytes(@Nullable String text) {
        return String.valueOf(text).getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void anEndpointThatFailsItsChecksGetsNoClientsUntilItPasses() throws IOException {
        AtomicReference<String> role = new AtomicReference<>("+primary\n");
        TestingUpstream one = upstream(client -> {
            client.getOutputStream().write(bytes(role.get()));
            TestingUpstream.echo(client);
        });
        TestingUpstream two = answering("+primary");
        start(config("", endpoints(one, two) + ", healthCheck: { type: tcp, interval: 100ms, timeout: 100ms, rise: 1,"
                + " fall: 2, tcp: { expect: \"+primary\" } }"));
        Await.equal("state", "up", () -> stateOf(one));
        Await.equal("state", "up", () -> stateOf(two));
        role.set("-standby\n");
        Await.equal("state", "down", () -> stateOf(one));
        String detail = String.valueOf(cluster().endpoints().getFirst().detail());
        assertTrue(detail.contains("got \"-standby\\n\""), detail);
        int before = two.accepted();
        for (int i = 0; i < 10; i++) {
            try (TestingClient client = client()) {
                assertEquals("+primary", client.readText(8));
            }
        }
        assertTrue(two.accepted() >= before + 10);
        role.set("+primary\n");
        Await.equal("state", "up", () -> stateOf(one));
        assertTrue(checks("passed") > 0);
        assertTrue(checks("wrong-answer") > 1);
    }

    /** Fault 22: with no endpoint at all a client is refused at once. */
    @Test
    void whenEachEndpointIsDownClientsAreClosedAtOnce() throws IOException {
        AtomicBoolean good = new AtomicBoolean(true);
        TestingUpstream one = answering("+", good, "-");
        start(config("", endpoints(one)
                + ", healthCheck: { interval: 100ms, timeout: 100ms, rise: 1, fall: 1, tcp: { expect: \"+\" } }"));
        Await.equal("state", "up", () -> stateOf(one));
        good.set(false);
        Await.equal("state", "down", () -> stateOf(one));
        assertRefused();
        Await.equal("closed", 1L, () -> closed(CloseReason.NO_ENDPOINT));
    }

    @Test
    void connectionsOfAnEndpointThatIsDownAreClosedIfThatIsWanted() throws IOException {
        AtomicBoolean good = new AtomicBoolean(true);
        TestingUpstream one = answering("+", good, "");
        start(config("", endpoints(one) + ", onUnhealthy: close, healthCheck: { interval: 100ms, timeout: 100ms,"
                + " rise: 1, fall: 1, tcp: { expect: \"+\" } }"));
        try (TestingClient client = client()) {
            assertEquals("+", client.readText(1));
            good.set(false);
            assertEquals(TestingClient.End.RESET, client.end());
            Await.equal("closed", 1L, () -> closed(CloseReason.ENDPOINT_UNHEALTHY));
        }
    }

    @Test
    void connectionsOfADrainedEndpointThatIsDownAreClosedAsWell() throws IOException {
        AtomicBoolean good = new AtomicBoolean(true);
        TestingUpstream one = answering("+", good, "");
        start(config("", endpoints(one) + ", onUnhealthy: close, healthCheck: { interval: 100ms, timeout: 100ms,"
                + " rise: 1, fall: 1, tcp: { expect: \"+\" } }"));
        try (TestingClient client = client()) {
            assertEquals("+", client.readText(1));
            Await.equal("state", "up", () -> stateOf(one));
            server().endpoint("app", one.address()).drain();
            good.set(false);
            assertEquals(TestingClient.End.RESET, client.end());
            Await.equal("closed", 1L, () -> closed(CloseReason.ENDPOINT_UNHEALTHY));
        }
    }

    @Test
    void aReloadChangesWhatBecomesOfTheConnectionsOfAnEndpointThatIsDown() throws IOException {
        AtomicBoolean good = new AtomicBoolean(true);
        TestingUpstream one = answering("+", good, "");
        String rest = endpoints(one) + ", healthCheck: { interval: 100ms, timeout: 100ms, rise: 1, fall: 1,"
                + " tcp: { expect: \"+\" } }";
        start(config("", rest));
        try (TestingClient client = client()) {
            assertEquals("+", client.readText(1));
            good.set(false);
            Await.equal("state", "down", () -> stateOf(one));
            server().reload(config("", "onUnhealthy: drain 1h, " + rest));
            server().reload(config("", "onUnhealthy: close, " + rest));
            assertEquals(TestingClient.End.RESET, client.end());
            Await.equal("closed", 1L, () -> closed(CloseReason.ENDPOINT_UNHEALTHY));
        }
    }

    /** Case 21: an endpoint that accepts and closes at once, among healthy ones. */
    @Test
    void anEndpointThatClosesAtOnceIsEjected() throws IOException {
        TestingUpstream bad = upstream(client -> {});
        TestingUpstream one = answering("1");
        TestingUpstream two = answering("2");
        start(config("", "loadBalancing: least-connections, outlierDetection: { consecutiveConnectFailures: 3 }, "
                + endpoints(bad, one, two)));
        int failed = 0;
        List<TestingClient> open = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            TestingClient client = client();
            open.add(client);
            try {
                client.readText(1);
            } catch (AssertionError | IOException closedAtOnce) {
                failed++;
                client.close();
            }
        }
        for (TestingClient client : open) {
            client.close();
        }
        assertEquals(3, failed, "then it is ejected");
        assertEquals("ejected", stateOf(bad));
    }

    /** Only the time with the endpoint counts: a filter or a queue may have held each client for longer than that. */
    @Test
    void anEndpointThatClosesAtOnceIsEjectedAlsoIfClientsWaited() throws IOException {
        TestingUpstream one = answering("1");
        TestingUpstream bad = upstream(client -> {});
        String queue = "maxConnections: 1, queue: { max: 9, timeout: 30s }, ";
        start(config("", queue + endpoints(one)));
        try (TestingClient first = client(); TestingClient second = client()) {
            Await.equal("queued", 1, () -> cluster().queued());
            Await.until("both to have waited", () -> server().engine().view().connections(0, 9).stream()
                    .allMatch(connection -> connection.ageNanos() > Duration.ofMillis(1100).toNanos()));
            // A second endpoint, because the last one is never ejected.
            server().reload(config("", queue + "outlierDetection: { consecutiveConnectFailures: 1 }, endpoints: [ {"
                    + " address: \"" + bad.address() + "\" }, { address: \"" + one.address() + "\", backup: true } ]"));
            first.close();
            assertEquals(TestingClient.End.FIN, second.end());
            Await.equal("state", "ejected", () -> stateOf(bad));
        }
    }

    @Test
    void theConnectionsOfARemovedEndpointStayOrGo() throws IOException {
        TestingUpstream one = answering("1");
        TestingUpstream two = answering("2");
        start(config("", endpoints(one)));
        try (TestingClient kept = client()) {
            assertEquals("1", kept.readText(1));
            server().reload(config("", endpoints(two)));
            assertEquals("removed", stateOf(one));
            assertEquals("still here", kept.roundTrip("still here"));
            assertEquals("2", greeting());
            server().reload(config("", endpoints(one)));
            assertEquals("up", stateOf(one));
            server().reload(config("", "onRemoved: close, " + endpoints(two)));
            assertEquals(TestingClient.End.RESET, kept.end());
            Await.equal("closed", 1L, () -> closed(CloseReason.ENDPOINT_REMOVED));
        }
    }

    @Test
    void anEndpointThatComesBackKeepsTheConnectionsThatWereToEnd() throws IOException {
        TestingUpstream one = answering("1");
        TestingUpstream two = answering("2");
        start(config("", endpoints(one)));
        try (TestingClient kept = client()) {
            assertEquals("1", kept.readText(1));
            server().reload(config("", "onRemoved: drain 1h, " + endpoints(two)));
            server().reload(config("", "onRemoved: drain 1h, " + endpoints(two, one)));
            assertEquals("still here", kept.roundTrip("still here"));
            assertEquals("up", stateOf(one));
            assertEquals(0, closed(CloseReason.ENDPOINT_REMOVED));
        }
    }

    @Test
    void aConnectionEndsWhenItsLifetimeIsOver() throws IOException {
        TestingUpstream one = answering("1");
        start(config(", timeouts: { lifetime: 1s, lifetimeJitter: 50% }", endpoints(one)));
        long begin = System.nanoTime();
        try (TestingClient client = client()) {
            assertEquals("1", client.readText(1));
            assertEquals(TestingClient.End.RESET, client.end());
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        assertTrue(seconds < 12, "after " + seconds + " s");
        Await.equal("closed", 1L, () -> closed(CloseReason.LIFETIME));
    }

    @Test
    void clientsWaitForAPlaceInTheOrderInWhichTheyCame() throws IOException {
        TestingUpstream one = answering("1");
        start(config("", "maxConnections: 1, queue: { max: 2, timeout: 30s }, " + endpoints(one)));
        TestingClient first = client();
        assertEquals("1", first.readText(1));
        TestingClient second = client();
        Await.equal("queued", 1, () -> cluster().queued());
        TestingClient third = client();
        Await.equal("queued", 2, () -> cluster().queued());
        assertRefused();
        Await.equal("closed", 1L, () -> closed(CloseReason.QUEUE_FULL));
        assertEquals(1, one.accepted());
        first.close();
        assertEquals("1", second.readText(1));
        assertEquals(1, cluster().queued());
        second.close();
        assertEquals("1", third.readText(1));
        assertEquals("it works", third.roundTrip("it works"));
        third.close();
        assertEquals(0, cluster().queued());
        assertEquals(2, cluster().connect().waits().stream().mapToLong(n -> n).sum());
    }

    @Test
    void aClientThatWaitsTooLongIsClosed() throws IOException {
        TestingUpstream one = answering("1");
        start(config("", "maxConnections: 1, queue: { max: 2, timeout: 100ms }, " + endpoints(one)));
        try (TestingClient first = client(); TestingClient second = client()) {
            assertEquals("1", first.readText(1));
            assertEquals(TestingClient.End.RESET, second.end());
            Await.equal("closed", 1L, () -> closed(CloseReason.QUEUE_TIMEOUT));
            assertEquals(0, cluster().queued());
            assertEquals("still here", first.roundTrip("still here"));
        }
    }

    @Test
    void aClientThatLeavesGivesItsPlaceInTheQueueBack() throws IOException {
        if (!TestingTransport.realHearsResets()) {
            // nio does not hear of a client that is not read.
            return;
        }
        TestingUpstream one = answering("1");
        start(config("", "maxConnections: 1, queue: { max: 1, timeout: 30s }, " + endpoints(one)));
        try (TestingClient first = client()) {
            assertEquals("1", first.readText(1));
            TestingClient second = client();
            Await.equal("queued", 1, () -> cluster().queued());
            second.reset();
            Await.equal("queued", 0, () -> cluster().queued());
        }
    }

    /** The endpoint for which they came is gone: they get one that serves, and those that come now are not held up. */
    @Test
    void clientsThatWaitFollowAReload() throws IOException {
        TestingUpstream one = answering("1");
        TestingUpstream two = answering("2");
        String queue = "queue: { max: 2, timeout: 30s }, ";
        start(config("", queue + "maxConnections: 1, " + endpoints(one)));
        try (TestingClient first = client(); TestingClient second = client(); TestingClient third = client()) {
            assertEquals("1", first.readText(1));
            Await.equal("queued", 2, () -> cluster().queued());
            server().reload(config("", queue + endpoints(two)));
            assertEquals("2", second.readText(1));
            assertEquals("2", third.readText(1));
            assertEquals("2", greeting());
            assertEquals("still here", first.roundTrip("still here"));
        }
    }

    @Test
    void aHigherLimitLetsThoseInThatWait() throws IOException {
        TestingUpstream one = answering("1");
        start(config("", "maxConnections: 1, queue: { max: 9, timeout: 30s }, " + endpoints(one)));
        try (TestingClient first = client(); TestingClient second = client(); TestingClient third = client()) {
            Await.equal("queued", 2, () -> cluster().queued());
            server().reload(config("", "maxConnections: 3, queue: { max: 9, timeout: 30s }, " + endpoints(one)));
            assertEquals("1", first.readText(1));
            assertEquals("1", second.readText(1));
            assertEquals("1", third.readText(1));
        }
    }

    @Test
    void endpointsComeFromAFile(@TempDir Path directory) throws IOException {
        TestingUpstream one = answering("1");
        TestingUpstream two = answering("2");
        Path file = directory.resolve("endpoints.yaml");
        Files.writeString(file, "[ { address: \"" + one.address() + "\" } ]");
        start(config("", "endpointsFile: \"" + file + "\", onRemoved: close"));
        Await.equal("state", "up", () -> stateOf(one));
        try (TestingClient kept = client()) {
            assertEquals("1", kept.readText(1));
            Files.writeString(file, "[ { address: \"" + two.address() + "\" } ]");
            assertEquals(TestingClient.End.RESET, kept.end());
            assertEquals(Set.of("2"), greetings(3));
            Files.writeString(file, "[ { addres: \"" + one.address() + "\" } ]");
            assertEquals(Set.of("2"), greetings(3));
        }
        Await.equal("closed", 1L, () -> closed(CloseReason.ENDPOINT_REMOVED));
    }

    @Test
    void checksOfEndpointsFollowAReload() throws IOException {
        TestingUpstream one = answering("1");
        TestingUpstream two = answering("2");
        start(config("", endpoints(one)));
        assertEquals("up", stateOf(one));
        server().reload(config("", CHECK + ", " + endpoints(one, two)));
        Await.equal("state", "up", () -> stateOf(two));
        Await.until("checks of the first", () -> cluster().endpoints().getFirst().checks().containsKey("passed"));
        server().reload(config("", endpoints(one, two)));
        assertEquals("up", stateOf(one));
        assertEquals(Set.of("1", "2"), greetings(4));
    }
}
