package dev.sluice.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.Answer;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.Suspension;
import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Reloads of a real server on real sockets: what they change, keep and refuse. */
class ReloadTest {
    private static final String RUNTIME = "runtime: { eventLoops: 2, transport: " + TestingTransport.realName()
            + " }\n";

    private final Ledger ledger = Ledger.open();
    private final TestingTransport transport = new TestingTransport();
    private final TestingFilter filter = new TestingFilter("passing", FilterTraits.connectionOnly(),
            connection -> new Passing());
    private TestingUpstream one;
    private TestingUpstream two;
    private @Nullable ProxyServer started;

    private static final class Passing implements ConnectionFilter {}

    @BeforeEach
    void open() {
        one = answering("1");
        two = answering("2");
    }

    @AfterEach
    void close() throws IOException {
        ProxyServer server = started;
        if (server != null) {
            server.close();
            assertEquals(0, server.stats().connectionsActive());
            assertEquals(0, server.stats().memoryBytes());
        }
        assertEquals(0, filter.openFactories(), "open factories");
        one.close();
        two.close();
        ledger.settle();
    }

    /** An upstream that greets with a letter, and then sends back what it gets. */
    private static TestingUpstream answering(String letter) {
        return TestingUpstream.start(client -> {
            client.getOutputStream().write(letter.getBytes(StandardCharsets.US_ASCII));
            TestingUpstream.echo(client);
        });
    }

    private ProxyServer start(String yaml) {
        ProxyServer server = ProxyServer.builder().config(RUNTIME + yaml).filter(filter).transport(transport).start();
        started = server;
        return server;
    }

    private ProxyServer server() {
        return Objects.requireNonNull(started);
    }

    private ReloadResult reload(String yaml) {
        return server().reload(RUNTIME + yaml);
    }

    private static String listener(String more) {
        return "listeners: [ { name: edge, listen: \"127.0.0.1:0\"" + more + " } ]\n";
    }

    private static String cluster(String name, TestingUpstream... upstreams) {
        List<String> endpoints = new ArrayList<>();
        for (TestingUpstream upstream : upstreams) {
            endpoints.add("{ address: \"" + upstream.address() + "\" }");
        }
        return "{ name: " + name + ", endpoints: [ " + String.join(", ", endpoints) + " ] }";
    }

    private String edgeTo(TestingUpstream upstream) {
        return listener(", cluster: app") + "clusters: [ " + cluster("app", upstream) + " ]\n";
    }

    private String answerOf(String listener) throws IOException {
        try (TestingClient client = TestingClient.connect(server(), listener)) {
            return client.readText(1);
        }
    }

    @Test
    void newConnectionsGetTheNewEndpointsAndOpenOnesKeepTheirs() throws IOException {
        start(edgeTo(one));
        SocketAddress address = server().address("edge");
        try (TestingClient old = TestingClient.connect(server(), "edge")) {
            assertEquals("1", old.readText(1));
            ReloadResult result = reload(edgeTo(two));
            assertTrue(result.applied());
            assertEquals(2, result.generation());
            assertEquals(address, server().address("edge"), "port 0 keeps its port");
            assertEquals("2", answerOf("edge"));
            assertEquals("still here", old.roundTrip("still here"));
        }
    }

    @Test
    void nothingChangedIsNoGeneration() throws IOException {
        start(edgeTo(one));
        for (int i = 0; i < Integer.getInteger("sluice.reload.unchanged", 100); i++) {
            ReloadResult result = reload("# a comment moves every line\n" + edgeTo(one));
            assertFalse(result.applied());
            assertEquals(1, result.generation());
        }
        assertEquals("1", answerOf("edge"));
    }

    @Test
    void anEqualFilterKeepsItsFactoryAndAChangedListenerGetsANewChain() throws IOException {
        start(listener(", cluster: app, filters: [ { type: passing } ]") + "clusters: [ " + cluster("app", one) + " ]");
        assertEquals(1, filter.openFactories());
        try (TestingClient old = TestingClient.connect(server(), "edge")) {
            old.readText(1);
            reload(listener(", cluster: app, filters: [ { type: passing } ], timeouts: { idle: 7m }") + "clusters: [ "
                    + cluster("app", one) + " ]");
            assertEquals(1, filter.openFactories(), "shared by the old settings and the new");
            reload(listener(", cluster: app") + "clusters: [ " + cluster("app", one) + " ]");
            assertEquals(1, filter.openFactories(), "a connection has it");
            assertEquals("x", old.roundTrip("x"));
        }
        Await.equal("open factories", 0, filter::openFactories);
    }

    @Test
    void aRemovedListenerStopsAndItsConnectionsGoOn() throws IOException {
        String clusters = "clusters: [ " + cluster("app", one) + " ]\n";
        start("listeners: [ { name: edge, listen: \"127.0.0.1:0\", cluster: app }, { name: other, listen: \"127.0.0.1:0\", cluster: app } ]\n"
                + clusters);
        InetSocketAddress gone = (InetSocketAddress) server().address("other");
        try (TestingClient old = TestingClient.connect(server(), "other")) {
            old.readText(1);
            ReloadResult result = reload(listener(", cluster: app") + clusters);
            assertTrue(result.changes().stream().anyMatch(change -> change.name().equals("other")
                    && change.action() == ConfigurationChange.Action.REMOVED && change.connections() == 1));
            Await.until("the port to be closed", () -> {
                try (Socket socket = new Socket()) {
                    socket.connect(gone, 200);
                    return false;
                } catch (IOException refused) {
                    return true;
                }
            });
            assertEquals("x", old.roundTrip("x"));
            assertEquals("1", answerOf("edge"));
        }
        assertEquals(2, server().stats().connectionsTotal(), "totals do not fall");
    }

    @Test
    void aRenamedListenerKeepsItsSocketAndAMovedOneItsName() throws IOException {
        String clusters = "clusters: [ " + cluster("app", one) + " ]\n";
        start(listener(", cluster: app") + clusters);
        SocketAddress address = server().address("edge");
        reload("listeners: [ { name: front, listen: \"127.0.0.1:0\", cluster: app } ]\n" + clusters);
        assertEquals(address, server().address("front"));
        assertThrows(IllegalArgumentException.class, () -> server().address("edge"));

        int port = ((InetSocketAddress) address).getPort();
        reload("listeners: [ { name: front, listen: \"0.0.0.0:" + port + "\", cluster: app } ]\n" + clusters);
        assertNotEquals(address, server().address("front"));
        assertEquals("1", answerOf("front"), "moved to the wildcard of the same port");
        reload("listeners: [ { name: front, listen: \"127.0.0.1:" + port + "\", cluster: app } ]\n" + clusters);
        assertEquals("1", answerOf("front"), "and back");
    }

    /** The old socket may still be taking in its backlog, also one that waits for room. */
    @Test
    void anAddressThatWasJustRemovedCanBeAddedAgain() throws IOException {
        String clusters = "clusters: [ " + cluster("app", one) + " ]\n";
        start(listener(", cluster: app, maxConnections: 1") + clusters);
        InetSocketAddress first = (InetSocketAddress) server().address("edge");
        InetSocketAddress second = null;
        try (TestingClient open = TestingClient.connect(server(), "edge")) {
            open.readText(1);
            try (TestingClient waiting = TestingClient.connect(first)) {
                for (int move = 0; move < 6; move++) {
                    int port = move % 2 == 1 ? first.getPort() : second == null ? 0 : second.getPort();
                    reload("listeners: [ { name: edge, listen: \"127.0.0.1:" + port
                            + "\", cluster: app, maxConnections: 1 } ]\n" + clusters);
                    if (second == null) {
                        second = (InetSocketAddress) server().address("edge");
                    }
                }
                assertEquals(first, server().address("edge"));
            }
            assertEquals("x", open.roundTrip("x"));
        }
        Await.equal("open connections", 0, () -> server().stats().connectionsActive());
        assertEquals("1", answerOf("edge"));
    }

    @Test
    void twoListenersThatSwapAddressesSwapServices() throws IOException {
        String clusters = "clusters: [ " + cluster("a", one) + ", " + cluster("b", two) + " ]\n";
        start("listeners: [ { name: x, listen: \"127.0.0.1:0\", cluster: a }, { name: y, listen: \"127.0.0.1:0\", cluster: b } ]\n"
                + clusters);
        InetSocketAddress x = (InetSocketAddress) server().address("x");
        InetSocketAddress y = (InetSocketAddress) server().address("y");
        reload("listeners: [ { name: x, listen: \"127.0.0.1:%d\", cluster: a }, { name: y, listen: \"127.0.0.1:%d\", cluster: b } ]\n"
                .formatted(y.getPort(), x.getPort()) + clusters);
        assertEquals(y, server().address("x"));
        assertEquals("1", answerOf("x"));
        assertEquals("2", answerOf("y"));
        assertEquals(List.of(), transport.closedOn(), "no socket was closed");
    }

    /** A connection that waits for its route must not be sent to the new owner of a cluster's name. */
    @Test
    void anUnroutedConnectionKeepsTheRoutesAndClustersItCameInUnder() throws Exception {
        CompletableFuture<Void> decision = new CompletableFuture<>();
        AtomicInteger waiting = new AtomicInteger();
        TestingFilter holding = new TestingFilter("holding", FilterTraits.connectionOnly(),
                connection -> new ConnectionFilter() {
                    @Override
                    public ConnectDecision onConnect(ConnectionContext context) {
                        Suspension suspension = context.suspend(Duration.ofSeconds(60),
                                Answer.reject("no decision came"));
                        waiting.incrementAndGet();
                        var _ = decision.thenRun(() -> suspension.complete(Answer.accept()));
                        return ConnectDecision.SUSPEND;
                    }
                });
        String edge = listener(", cluster: app, filters: [ { type: holding } ]");
        started = ProxyServer.builder()
                .config(RUNTIME + edge + "clusters: [ " + cluster("app", one) + ", " + cluster("other", two) + " ]")
                .filter(holding).start();
        try (TestingClient early = TestingClient.connect(server(), "edge")) {
            Await.equal("waiting clients", 1, waiting::get);
            server().reload(
                    RUNTIME + edge + "clusters: [ " + cluster("app", two) + ", " + cluster("other", one) + " ]");
            decision.complete(null);
            assertEquals("1", early.readText(1));
        }
        assertEquals("2", answerOf("edge"));
    }

    @Test
    void limitsChangeInPlaceAndCountOldConnections() throws IOException {
        start(listener(", cluster: app, maxConnections: 2") + "clusters: [ " + cluster("app", one) + " ]");
        try (TestingClient first = TestingClient.connect(server(), "edge");
                TestingClient second = TestingClient.connect(server(), "edge");
                TestingClient third = TestingClient.connect(server(), "edge")) {
            first.readText(1);
            second.readText(1);
            reload(listener(", cluster: app, maxConnections: 1") + "clusters: [ " + cluster("app", one) + " ]");
            assertEquals(2, server().stats().connectionsActive(), "nobody is cut, nobody comes in");
            reload(listener(", cluster: app, maxConnections: 3") + "clusters: [ " + cluster("app", one) + " ]");
            assertEquals("1", third.readText(1), "raised: the one that waits comes in");
        }
    }

    @Test
    void aFileThatAFilterReadsIsReadAgain(@TempDir Path directory) throws IOException {
        Path list = directory.resolve("list.txt");
        Files.writeString(list, "1");
        List<String> read = new ArrayList<>();
        filter.onCreate(environment -> {
            try {
                read.add(Files.readString(environment.resolve(list.toString())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        String yaml = listener(", cluster: app, filters: [ { type: passing } ]") + "clusters: [ " + cluster("app", one)
                + " ]";
        start(yaml);
        assertFalse(reload(yaml).applied(), "the file is as it was");
        Files.writeString(list, "2");
        assertTrue(reload(yaml).applied());
        assertEquals(List.of("1", "2"), read);
    }

    @Test
    void aWatchedFileOfAFilterThatIsMissingIsTriedWhenItAppears(@TempDir Path directory) throws IOException {
        Path list = directory.resolve("list.txt");
        filter.onCreate(environment -> {
            if (!Files.exists(environment.resolve(list.toString()))) {
                throw new ConfigException("there is no " + list);
            }
        });
        start(edgeTo(one));
        String filtered = listener(", cluster: app, filters: [ { type: passing } ]") + "clusters: [ "
                + cluster("app", one) + " ]";
        assertThrows(ConfigurationException.class, () -> reload(filtered));
        assertTrue(server().engine().filterFiles().containsKey(list), "it is watched");
        Files.writeString(list, "1");
        assertTrue(reload(filtered).applied());
    }

    @Test
    void aPlanReadsTheTokenToo(@TempDir Path directory) throws IOException {
        start(edgeTo(one));
        assertThrows(ConfigurationException.class, () -> server().plan(RUNTIME + "admin: { listen: \"127.0.0.1:0\","
                + " tokenFile: \"" + directory.resolve("missing") + "\" }\n" + edgeTo(one)));
    }

    @Test
    void keysThatNeedARestartAreRefusedAllAtOnce() throws IOException {
        start(edgeTo(one));
        ReloadException refused = assertThrows(ReloadException.class, () -> server().reload(
                "runtime: { eventLoops: 3, transport: " + TestingTransport.realName()
                        + " }\nmemory: { readBuffer: 32KiB }\n"
                        + edgeTo(two)));
        assertTrue(String.valueOf(refused.getMessage()).contains("runtime.eventLoops: 2 → 3"), refused::getMessage);
        assertTrue(String.valueOf(refused.getMessage()).contains("memory.readBuffer: 64KiB → 32KiB"),
                refused::getMessage);
        assertEquals("1", answerOf("edge"));
    }

    @Test
    void aConfigurationWithProblemsIsRefusedAndNothingChanges() throws IOException {
        start(edgeTo(one));
        assertThrows(ConfigurationException.class, () -> reload(edgeTo(two).replace("cluster: app", "cluster: ap")));
        assertEquals("1", answerOf("edge"));
        assertTrue(reload(edgeTo(two)).applied(), "the next good one is applied");
        assertEquals("2", answerOf("edge"));
    }

    @Test
    void anAddressOfAnotherProcessIsRefused() throws IOException {
        start(edgeTo(one));
        ReloadException refused = assertThrows(ReloadException.class, () -> reload(
                "listeners: [ { name: edge, listen: \"" + two.address() + "\", cluster: app } ]\nclusters: [ "
                        + cluster("app", one) + " ]"));
        assertTrue(String.valueOf(refused.getMessage()).contains("listener edge: cannot listen on " + two.address()),
                refused::getMessage);
        assertEquals("1", answerOf("edge"));
    }

    @Test
    void aServerThatDrainsIsNotReloaded() throws IOException {
        start(edgeTo(one));
        try (TestingClient open = TestingClient.connect(server(), "edge")) {
            open.readText(1);
            Thread drain = Thread.ofVirtual().start(() -> server().drain(Duration.ofSeconds(20)));
            Await.until("the drain to begin", () -> {
                try {
                    reload(edgeTo(two));
                    return false;
                } catch (ReloadException refused) {
                    return String.valueOf(refused.getMessage()).contains("draining");
                }
            });
            open.finish();
            assertArrayEquals(new byte[0], open.readAll());
            Await.until("the drain to end", () -> !drain.isAlive());
        }
    }

    @Test
    void onePartIsOne() throws IOException {
        start(edgeTo(one));
        try (TestingClient open = TestingClient.connect(server(), "edge")) {
            assertEquals("1", open.readText(1));
            List<ConfigurationChange> changes = server().plan(RUNTIME + edgeTo(two)).changes();
            assertTrue(changes.toString().contains("− " + one.address() + " (1 connection stays)"), changes::toString);
            String added = server().plan(RUNTIME + listener(", cluster: app") + "clusters: [ " + cluster("app", one)
                    + ", " + cluster("more", two) + " ]").changes().toString();
            assertTrue(added.contains("more, action=ADDED, details=[1 endpoint]"), added);
        }
    }

    @Test
    void aPlanTellsAndChangesNothing() throws IOException {
        start(edgeTo(one));
        ReloadPlan plan = server().plan(RUNTIME + edgeTo(two));
        assertTrue(plan.hasChanges());
        assertEquals(2, plan.next());
        assertEquals(List.of("+ " + two.address(), "− " + one.address() + " (0 connections stay)"),
                plan.changes().stream().filter(change -> change.name().equals("app")).findFirst().orElseThrow()
                        .details());
        assertEquals("1", answerOf("edge"));
        assertFalse(server().plan().hasChanges());
        assertThrows(ConfigurationException.class, () -> server().plan("listeners: []"));
    }

    @Test
    void connectionsThatEndUnderAnOldGenerationAreCountedThere() throws IOException {
        start(edgeTo(one));
        try (TestingClient old = TestingClient.connect(server(), "edge")) {
            old.readText(1);
            reload(listener(", cluster: app, timeouts: { idle: 9m }") + "clusters: [ " + cluster("app", one) + " ]");
            old.reset();
        }
        Await.equal("connections", 0, () -> server().stats().connectionsActive());
        assertEquals(1, server().stats().closed().get(CloseReason.CLIENT_RESET));
    }
}
