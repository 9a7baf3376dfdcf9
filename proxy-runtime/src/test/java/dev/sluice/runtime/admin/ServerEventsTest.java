package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The events of a running server, each from its source to the answer of the admin interface. */
@Timeout(60)
class ServerEventsTest {
    private static TestingProxy.Builder proxy() {
        return TestingProxy.builder().loops(1).with("admin: { listen: \"127.0.0.1:0\" }");
    }

    private static SocketAddress admin(TestingProxy proxy) {
        return proxy.server().adminAddress().orElseThrow();
    }

    /** The events of a kind, as "subject: text". */
    private static List<String> events(TestingProxy proxy, String kind) throws IOException {
        List<String> events = new ArrayList<>();
        for (JsonNode event : TestingHttp.get(admin(proxy), "/events").json().get("events")) {
            if (event.get("kind").asString().equals(kind)) {
                events.add(event.get("subject").asString() + ": " + event.get("text").asString());
            }
        }
        return events;
    }

    private static void await(TestingProxy proxy, String kind, String... wanted) {
        Await.equal("events of the kind " + kind, List.of(wanted), () -> events(proxy, kind));
    }

    /** A client is reset, perhaps while it still connects. */
    private static void assertReset(TestingProxy proxy) throws IOException {
        TestingClient client;
        try {
            client = proxy.connect();
        } catch (SocketException resetAtOnce) {
            return;
        }
        try (client) {
            assertEquals(TestingClient.End.RESET, client.end());
        }
    }

    @Test
    void theStartIsTheFirst() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().endpoint(upstream).start()) {
            await(proxy, "start", "the server: serves generation 1");
        }
    }

    @Test
    void anEndpointGoesDownOnceAndComesUpOnce() throws Exception {
        int port;
        try (TestingUpstream gone = TestingUpstream.echo()) {
            port = gone.port();
        }
        String endpoint = "cluster app, endpoint 127.0.0.1:" + port;
        try (TestingProxy proxy = proxy().endpoint("127.0.0.1:" + port).start()) {
            for (int i = 0; i < 3; i++) {
                assertReset(proxy);
            }
            List<String> down = events(proxy, "endpoint-down");
            assertEquals(1, down.size(), down::toString);
            assertTrue(down.getFirst().startsWith(endpoint + ": a connect failed: "), down::toString);
            try (TestingUpstream back = TestingUpstream.start("127.0.0.1", port, TestingUpstream::echo)) {
                for (int i = 0; i < 3; i++) {
                    try (TestingClient client = proxy.connect()) {
                        assertEquals("x", client.roundTrip("x"));
                    }
                }
                await(proxy, "endpoint-up", endpoint + ": a connect succeeded");
                assertTrue(back.accepted() > 0);
            }
        }
    }

    @Test
    void limitsThatAreReachedAreReportedOnce() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().listener("maxConnections: 1").endpoint(upstream).start()) {
            for (int i = 0; i < 3; i++) {
                try (TestingClient one = proxy.connect(); TestingClient two = proxy.connect()) {
                    assertEquals("x", one.roundTrip("x"));
                    two.send("y");
                    one.close();
                    assertEquals("y", two.readText(1));
                }
                proxy.awaitIdle();
            }
            await(proxy, "limit",
                    "listener edge: listener edge is at its maximum of 1: clients wait in the backlog");
        }
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().cluster("maxConnections: 1").endpoint(upstream).start();
                TestingClient one = proxy.connect()) {
            assertEquals("x", one.roundTrip("x"));
            for (int i = 0; i < 3; i++) {
                assertReset(proxy);
            }
            await(proxy, "limit", "cluster app: the cluster, or each of its endpoints, is at maxConnections: a client"
                    + " was refused");
        }
    }

    @Test
    void descriptorsRunOutAndComeBack() throws Exception {
        TestingTransport transport = new TestingTransport();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().endpoint(upstream).start(transport);
                TestingClient established = proxy.connect()) {
            assertEquals("x", established.roundTrip("x"));
            transport.descriptorsLeft(false);
            try (TestingClient waiting = proxy.connect()) {
                waiting.send("y");
                Await.equal("events", 1, () -> events(proxy, "descriptors").size());
                transport.descriptorsLeft(true);
                assertEquals("y", waiting.readText(1));
            }
            await(proxy, "descriptors", "the process: no file descriptor is left: new connections wait in the backlog",
                    "the process: file descriptors are available again");
        }
    }

    @Test
    void commandsOfOperators() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            assertEquals("x", client.roundTrip("x"));
            assertEquals(202, TestingHttp.post(admin(proxy), "/connections/1/close").status());
            assertEquals(404, TestingHttp.post(admin(proxy), "/connections/9/close").status());
            await(proxy, "operator", "connection 1: closed");
        }
    }

    @Test
    void aDrainBeginsAndEnds() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            assertEquals("x", client.roundTrip("x"));
            proxy.server().drain(Duration.ZERO);
            await(proxy, "drain", "the server: began; open connections: 1", "the server: ended; connections cut: 1");
        }
    }

    private static TestingFilter filter(String type, Runnable action) {
        return new TestingFilter(type, FilterTraits.connectionOnly(), connection -> new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                action.run();
                return ConnectDecision.ACCEPT;
            }
        });
    }

    @Test
    void aFilterIsQuarantined() throws Exception {
        TestingFilter flaky = filter("flaky", () -> {
            throw new IllegalStateException("no");
        });
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().endpoint(upstream)
                        .filter("type: flaky, name: first, quarantine: { after: 2, for: 10m }").filter(flaky).start()) {
            for (int i = 0; i < 4; i++) {
                assertReset(proxy);
            }
            await(proxy, "quarantine", "listener edge, filter first: quarantined for 600 s after 2 offences: new"
                    + " connections are refused");
        }
    }

    @Test
    void aLoopStalls() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        TestingFilter slow = filter("slow", () -> {
            try {
                assertTrue(release.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().endpoint(upstream).filter(slow).start();
                TestingClient client = proxy.connect()) {
            client.send("x");
            Await.equal("events", 1, () -> events(proxy, "stall").size());
            release.countDown();
            assertEquals("x", client.readText(1));
            String stall = events(proxy, "stall").getFirst();
            assertTrue(stall.matches("event loop 0: in one callback for \\d+ ms: filter 'slow' .*listener edge.*"),
                    stall);
        }
    }

    @Test
    void aPluginIsRefused(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("broken.jar"), "this is no JAR");
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy().with("plugins: { directory: \"" + directory + "\" }").endpoint(upstream)
                        .start()) {
            List<String> refused = events(proxy, "plugin");
            assertEquals(1, refused.size(), refused::toString);
            assertTrue(refused.getFirst().startsWith("plugin broken: "), refused::toString);
        }
    }
}
