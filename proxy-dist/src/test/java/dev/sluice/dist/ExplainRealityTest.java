package dev.sluice.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

import dev.sluice.dist.TestingExplainClients.Client;
import dev.sluice.dist.TestingExplainClients.Talk;
import dev.sluice.runtime.ConnectionEvent;
import dev.sluice.runtime.ProxyEndpoint;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Answers of {@code /explain} about random clients, beside what becomes of them. More of them with
 * {@code -Dsluice.explain.clients=10000}, others with {@code -Dsluice.explain.seed=2}.
 */
@Timeout(600)
class ExplainRealityTest {
    private static final int CLIENTS = Integer.getInteger("sluice.explain.clients", 2_000);
    private static final int MOST_OPEN = 16;
    private static final int ASKED_OFTEN = 100;
    private static final List<String> COUNTED = List.of("/filters", "/clusters", "/listeners", "/events");

    private final Ledger ledger = Ledger.open();
    private final Random random = new Random(Integer.getInteger("sluice.explain.seed", 17));
    private final Map<String, Integer> seen = new TreeMap<>();
    private final List<Came> open = new ArrayList<>();

    @TempDir
    private Path directory;
    private TestingExplainClients clients;
    private TestingExplainProxy proxy;

    /** A client whose connection is open, or waits. */
    private record Came(Client client, String peer, AutoCloseable socket, Talked talked) {}

    /** The endpoint and the certificate as the client itself has seen them. */
    private record Talked(@Nullable String endpoint, @Nullable List<String> shown) {}

    @BeforeEach
    void start() throws Exception {
        clients = new TestingExplainClients(random, directory);
        proxy = new TestingExplainProxy(directory);
        proxy.awaitChecks();
    }

    @AfterEach
    void stop() throws Exception {
        for (Came came : open) {
            came.socket().close();
        }
        proxy.close();
        ledger.settle();
    }

    @Test
    void explainEqualsReality() throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            if (random.nextInt(40) == 0) {
                operate();
            }
            Client client = clients.next();
            if (i % ASKED_OFTEN == 0) {
                askingChangesNothing(client);
            }
            JsonNode said = proxy.explain(client);
            String problem = said.get("problem").asString("");
            String where = "client " + i + " (" + client + "): " + said.get("text").asString();
            if (problem.contains("in the backlog")) {
                waitsInTheBacklog(client, where);
            } else if (problem.contains("waits in the queue")) {
                waitsInTheQueue(client, where);
            } else {
                comes(client, said, where);
            }
            while (open.size() > MOST_OPEN) {
                leave(open.remove(random.nextInt(open.size())));
            }
            Await.equal("connections", (long) open.size(), () -> (long) proxy.server().stats().connectionsActive());
        }
        for (String must : List.of("acl", "rate-limit", "no-route", "no-endpoint", "cluster-full", "queue-full",
                "backlog",
                "queue", "tls-handshake-failed", "connect-failed", "demands", "asks", "unix", "header", "dead first",
                "backup")) {
            assertTrue(seen.containsKey(must), must + " in " + seen);
        }
    }

    /** The answer without what time changes: how long something still lasts, what is over, and the checks of endpoints. */
    private static String timeless(JsonNode said) {
        return said.toString().replaceAll("for another [0-9a-z ]+", "").replaceAll("\"checks\":\\{[^}]*}", "")
                .replaceAll("\"up\":(true|false),\"state\":\"[a-z-]+\",\"detail\":(null|\"[^\"]*\")", "");
    }

    /** Takes an endpoint out of service, or back. */
    private void operate() throws Exception {
        List<String> endpoints = proxy.words("drained").keySet().stream().sorted().toList();
        ProxyEndpoint endpoint = proxy.server().endpoint("drained", endpoints.get(random.nextInt(endpoints.size())));
        if (endpoint.state().equals("drained")) {
            endpoint.restore();
        } else {
            endpoint.drain();
        }
    }

    /** Once more if something has changed: the last bytes of others may be on their way, and asking would do it each time. */
    private void askingChangesNothing(Client client) throws Exception {
        List<String> before = counted();
        for (int attempt = 0; attempt < 5; attempt++) {
            String first = timeless(proxy.explain(client));
            for (int i = 0; i < 10; i++) {
                assertEquals(first, timeless(proxy.explain(client)));
            }
            List<String> after = counted();
            if (after.equals(before)) {
                return;
            }
            before = after;
        }
        throw new AssertionError("asking about " + client + " changes what is counted");
    }

    private List<String> counted() throws Exception {
        List<String> counted = new ArrayList<>();
        for (String path : COUNTED) {
            counted.add(timeless(proxy.get(path)));
        }
        return counted;
    }

    private void comes(Client client, JsonNode said, String where) throws Exception {
        Came came = come(client);
        ConnectionEvent event = proxy.next(came.peer());
        if (event.isEnd()) {
            came.socket().close();
            isRefused(client, said, event, where);
            return;
        }
        open.add(came);
        count(client.listener());
        assertEquals("", filter(said), where + " " + event);
        if (!client.certain()) {
            assertTrue(said.get("tls").asString().contains("certificate"), where);
            return;
        }
        assertEquals(said.get("route").asString(), event.route(), where);
        assertEquals(said.get("cluster").asString(), event.cluster(), where);
        String first = said.get("endpoint").asString("");
        if (proxy.isBackup(first)) {
            count("backup");
        }
        if (proxy.isDead(first)) {
            count("dead first");
            assertFalse(proxy.isDead(String.valueOf(event.endpoint())), where);
        } else {
            assertEquals(first, event.endpoint(), where);
        }
        assertEquals(event.endpoint(), came.talked().endpoint(), where);
        List<String> shown = came.talked().shown();
        assertEquals(shown != null, said.get("tls").asString().startsWith("ends at the proxy"), where);
        assertTrue(shown == null || said.get("tls").asString().contains("shows the certificate of "
                + String.join(", ", shown)), shown + " " + where);
    }

    private void isRefused(Client client, JsonNode said, ConnectionEvent event, String where) {
        String reason = Objects.requireNonNull(event.reason()).label();
        String filter = filter(said);
        if (!filter.isEmpty()) {
            count(filter);
            assertEquals(filter, event.filter(), where + " " + event);
            return;
        }
        count(reason);
        String problem = said.get("problem").asString("");
        boolean named = problem.contains("(" + reason + ")")
                || (problem.startsWith("the handshake fails") && reason.equals("tls-handshake-failed"));
        if (named) {
            return;
        }
        if (!client.certain()) {
            assertTrue(said.get("tls").asString().contains("has to show"), where + " " + event);
            assertEquals("tls-handshake-failed", reason, where + " " + event);
        } else if (reason.equals("connect-failed")) {
            assertEquals(said.get("endpoint").asString(""), event.endpoint(), where + " " + event);
            assertTrue(proxy.isDead(String.valueOf(event.endpoint())), where + " " + event);
        } else {
            throw new AssertionError(where + " " + event);
        }
    }

    /** The name of the filter that refuses; empty = none does. */
    private static String filter(JsonNode said) {
        for (JsonNode filter : said.get("filters")) {
            if (filter.get("text").asString().startsWith("refuses")) {
                return filter.get("name").asString();
            }
        }
        return "";
    }

    private void count(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    /** The listener is full: the client gets its turn when another one leaves. */
    private void waitsInTheBacklog(Client client, String where) throws Exception {
        count("backlog");
        Socket socket = connect(client);
        Await.until("the listener to pause",
                () -> proxy.explain(client).get("state").asString().equals("paused-limit"));
        leaveOneOf("listener", client.listener());
        ConnectionEvent event = proxy.next(peer(socket));
        assertFalse(event.isEnd(), where + " " + event);
        open.add(new Came(client, peer(socket), () -> reset(socket), new Talked(null, null)));
    }

    /** Every place is taken: the client gets one when another one leaves, and a further client none. */
    private void waitsInTheQueue(Client client, String where) throws Exception {
        count("queue");
        Socket socket = connect(client);
        Client further = clients.like(client);
        Await.until("the queue to be full",
                () -> proxy.explain(further).get("problem").asString("").contains("queue-full"));
        comes(further, proxy.explain(further), where);
        leaveOneOf("cluster", "queued");
        ConnectionEvent event = proxy.next(peer(socket));
        assertFalse(event.isEnd(), where + " " + event);
        assertEquals("queued", event.cluster(), where);
        open.add(new Came(client, peer(socket), () -> reset(socket), new Talked(null, null)));
    }

    private void leaveOneOf(String kind, String name) throws Exception {
        for (JsonNode connection : proxy.get("/connections").get("connections")) {
            if (connection.get(kind).asString("").equals(name)) {
                String peer = connection.get("client").asString();
                Came leaving = open.stream().filter(came -> came.peer().equals(peer)).findFirst().orElse(null);
                if (leaving != null) {
                    open.remove(leaving);
                    leave(leaving);
                    return;
                }
            }
        }
        throw new AssertionError("nobody has a place in " + name);
    }

    private void leave(Came came) throws Exception {
        came.socket().close();
        assertTrue(proxy.next(came.peer()).isEnd(), came.toString());
    }

    private Socket connect(Client client) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(Objects.requireNonNull(client.source())), 0));
        socket.connect(proxy.server().address(client.listener()));
        socket.setSoTimeout((int) Await.PATIENCE.toMillis());
        return socket;
    }

    private static String peer(Socket socket) {
        return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
    }

    /** Leaves without the minute that a port is otherwise kept for. */
    private static void reset(Socket socket) throws IOException {
        if (!socket.isClosed()) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    private Came come(Client client) throws Exception {
        if (client.source() == null) {
            return comeToUnix(client);
        }
        Socket socket = connect(client);
        String peer = peer(socket);
        Talked talked = new Talked(null, null);
        try {
            Talk talk = client.opening().on(socket);
            talked = new Talked(
                    new BufferedReader(new InputStreamReader(talk.in(), StandardCharsets.US_ASCII)).readLine(),
                    talk.shown());
        } catch (IOException refused) {
            // The event says why.
        }
        if (talked.endpoint() == null) {
            // The proxy lets its last words arrive, and waits for the client to leave; a reset would be another reason.
            socket.close();
        }
        return new Came(client, peer, () -> reset(socket), talked);
    }

    private Came comeToUnix(Client client) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("clients")));
        channel.write(ByteBuffer.wrap(new byte[]{'x'}));
        String said = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel),
                StandardCharsets.US_ASCII)).readLine();
        return new Came(client, TestingExplainProxy.UNIX, channel, new Talked(said, null));
    }
}
