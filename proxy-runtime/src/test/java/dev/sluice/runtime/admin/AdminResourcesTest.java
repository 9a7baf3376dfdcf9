package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.runtime.admin.TestingHttp.Response;
import dev.sluice.runtime.observe.ConnectCounters;
import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.observe.EndpointSourceView;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.ListenerCounters;
import dev.sluice.runtime.observe.MemoryView;
import dev.sluice.runtime.observe.PluginView;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.observe.TestingMetricsText;
import dev.sluice.runtime.observe.TestingProxyView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The response of each path, on TCP and on a Unix socket. */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = {"tcp", "unix"})
class AdminResourcesTest {
    @Parameter
    private String family = "";

    @TempDir
    private Path directory;

    private final TestingProxyView view = TestingProxyView.ready();
    private final TestingCommands lifecycle = new TestingCommands();
    private AdminServer server;
    private SocketAddress address;

    @BeforeEach
    void start() throws IOException {
        SocketAddress listen = family.equals("tcp")
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                : UnixDomainSocketAddress.of(directory.resolve("admin.sock"));
        server = AdminServer.start(listen, null, TestingParts.of(view, lifecycle));
        address = server.address();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode json(String path) throws IOException {
        Response response = TestingHttp.get(address, path);
        assertEquals(200, response.status(), response.body());
        assertEquals("application/json", response.header("content-type"));
        assertEquals("no-store", response.header("cache-control"));
        assertEquals("nosniff", response.header("x-content-type-options"));
        return response.json();
    }

    @Test
    void theRootListsThePaths() throws IOException {
        List<String> paths = new ArrayList<>();
        for (JsonNode path : json("/").get("paths")) {
            paths.add(path.get("method").asString() + " " + path.get("path").asString());
            assertFalse(path.get("about").asString().isEmpty());
        }
        assertEquals(
                List.of(
                        "GET /",
                        "GET /live",
                        "GET /ready",
                        "GET /overview",
                        "GET /metrics",
                        "GET /config",
                        "GET /generations",
                        "GET /listeners",
                        "GET /clusters",
                        "GET /connections",
                        "GET /filters",
                        "GET /events",
                        "GET /explain",
                        "GET /memory",
                        "GET /plugins",
                        "GET /loggers",
                        "GET /reload",
                        "POST /reload",
                        "POST /drain",
                        "POST /generations/{number}/drain",
                        "POST /clusters/{name}/endpoints/{address}/drain",
                        "POST /clusters/{name}/endpoints/{address}/up",
                        "POST /connections/close",
                        "POST /connections/{id}/close",
                        "POST /loggers/{name}",
                        "GET /faults",
                        "POST /faults/{listener}",
                        "DELETE /faults/{listener}",
                        "DELETE /faults/{listener}/{name}",
                        "GET /captures",
                        "POST /captures",
                        "GET /captures/{id}",
                        "POST /captures/{id}/stop",
                        "GET /dashboard",
                        "GET /dashboard.css",
                        "GET /dashboard.js"),
                paths);
    }

    @Test
    void aBrowserAtTheRootIsSentToTheDashboard() throws IOException {
        Response browser = TestingHttp.send(address, "GET", "/", "Host: localhost",
                "Accept: text/html,application/xhtml+xml,*/*;q=0.8");
        assertEquals(303, browser.status());
        assertEquals("/dashboard", browser.header("location"));
        assertEquals(200, TestingHttp.send(address, "GET", "/", "Host: localhost", "Accept: */*").status());
        Response page = TestingHttp.get(address, "/dashboard");
        assertEquals(200, page.status());
        assertEquals("text/html; charset=utf-8", page.header("content-type"));
    }

    @Test
    void eventsComeAfterTheLastOneSeen() throws IOException {
        assertEquals(0, json("/events").get("events").size());
        view.events.endpoint("web", "10.0.0.1:443", false, "a connect failed: \"refused\"\n");
        view.events.add(Event.Kind.OPERATOR, "connection 7", "closed");
        JsonNode events = json("/events").get("events");
        assertEquals(2, events.size());
        assertEquals(1, events.get(0).get("number").asLong());
        assertEquals("endpoint-down", events.get(0).get("kind").asString());
        assertEquals("cluster web, endpoint 10.0.0.1:443", events.get(0).get("subject").asString());
        assertEquals("a connect failed: \"refused\"\n", events.get(0).get("text").asString());
        assertEquals(events.get(1), json("/events?after=1").get("events").get(0));
        assertEquals(0, json("/events?after=2").get("events").size());
        assertEquals(400, TestingHttp.get(address, "/events?after=x").status());
    }

    @Test
    void liveIs200InEveryState() throws IOException {
        for (ServerState state : ServerState.values()) {
            view.state = state;
            assertEquals(state.label(), json("/live").get("state").asString());
        }
    }

    @Test
    void readyIs200WhenEveryListenerHasAnEndpoint() throws IOException {
        JsonNode ready = json("/ready");
        assertTrue(ready.get("ready").asBoolean());
        assertTrue(ready.get("reasons").isEmpty());
        assertEquals("edge", ready.get("listeners").get(0).get("name").asString());
        assertEquals(1, ready.get("listeners").get(0).get("usable_endpoints").asInt());
    }

    @Test
    void readyIs503InEveryOtherState() throws IOException {
        for (ServerState state : List.of(ServerState.STARTING, ServerState.DRAINING, ServerState.CLOSED)) {
            view.state = state;
            Response response = TestingHttp.get(address, "/ready");
            assertEquals(503, response.status());
            assertFalse(response.json().get("ready").asBoolean());
            assertEquals("the server is " + state.label(), response.json().get("reasons").get(0).asString());
        }
    }

    @Test
    void readyIs503AndSaysWhichListenerHasNoUsableEndpoint() throws IOException {
        view.listeners.add(TestingProxyView.listener("pg", "db", new ListenerCounters("pg")));
        view.clusters.add(
                TestingProxyView.cluster(
                        "db",
                        new ConnectCounters("db"),
                        TestingProxyView.endpoint("127.0.0.1:1", false),
                        TestingProxyView.endpoint("127.0.0.1:2", false)));
        Response response = TestingHttp.get(address, "/ready");
        assertEquals(503, response.status());
        JsonNode reasons = response.json().get("reasons");
        assertEquals(1, reasons.size());
        assertEquals("listener pg has no usable endpoint in cluster db", reasons.get(0).asString());
        assertEquals("ready", response.json().get("state").asString());
    }

    @Test
    void metrics() throws IOException {
        Response response = TestingHttp.get(address, "/metrics");
        assertEquals(200, response.status());
        assertTrue(response.header("content-type").startsWith("text/plain; version=0.0.4"));
        assertEquals(1, new TestingMetricsText(response.body()).value("sluice_config_generation"));
    }

    @Test
    void listeners() throws IOException {
        ListenerCounters counters = new ListenerCounters("edge");
        counters.accepted();
        counters.accepted();
        counters.proxied();
        counters.bytes(Direction.UPSTREAM_TO_CLIENT, 5);
        counters.closed(CloseReason.OPERATOR);
        view.listeners.clear();
        view.listeners.add(TestingProxyView.listener("edge", "web", counters));
        JsonNode listener = json("/listeners").get("listeners").get(0);
        assertEquals("edge", listener.get("name").asString());
        assertEquals("127.0.0.1:443", listener.get("address").asString());
        assertEquals("web", listener.get("cluster").asString());
        assertEquals("web", listener.get("clusters").get(0).asString());
        assertEquals("open", listener.get("state").asString());
        assertEquals(1, listener.get("connections_active").asInt());
        assertEquals(5000, listener.get("connections_max").asInt());
        assertEquals(2, listener.get("accepted").asInt());
        assertEquals(1, listener.get("proxied").asInt());
        assertEquals(0, listener.get("failed").asInt());
        assertEquals(0, listener.get("accept_errors").asInt());
        assertEquals(5, listener.get("bytes").get("upstream-to-client").asInt());
        assertEquals(1, listener.get("closed").get("operator").asInt());
        assertEquals(1, listener.get("closed").size());
    }

    @Test
    void filters() throws IOException {
        JsonNode filter = json("/filters").get("filters").get(0);
        assertEquals("edge", filter.get("listener").asString());
        assertEquals(1, filter.get("position").asInt());
        assertEquals("per-client", filter.get("name").asString());
        assertEquals("rate-limit", filter.get("type").asString());
        assertEquals(3, filter.get("connections").asInt());
        assertEquals(7, filter.get("decisions").get("accept").asInt());
        assertEquals(2, filter.get("decisions").get("reject").asInt());
        assertEquals(5, filter.get("retained_bytes").asInt());
        assertEquals(4, filter.get("counters").get("cache_misses").asInt());
        assertEquals(1, filter.get("stalls").asInt());
        assertTrue(filter.get("quarantined").asBoolean());
    }

    @Test
    void clusters() throws IOException {
        ConnectCounters counters = new ConnectCounters("web");
        counters.connected(1);
        counters.failed(ConnectFailure.UNREACHABLE);
        view.clusters.clear();
        view.clusters
                .add(TestingProxyView.cluster("web", counters, TestingProxyView.endpoint("10.0.0.1:443", true)));
        JsonNode cluster = json("/clusters").get("clusters").get(0);
        assertEquals("web", cluster.get("name").asString());
        assertEquals("round-robin", cluster.get("load_balancing").asString());
        assertEquals(1000, cluster.get("connections_max").asInt());
        assertEquals(1, cluster.get("connects").asInt());
        assertEquals(1, cluster.get("connect_failures").get("unreachable").asInt());
        JsonNode endpoint = cluster.get("endpoints").get(0);
        assertEquals("10.0.0.1:443", endpoint.get("address").asString());
        assertTrue(endpoint.get("up").asBoolean());
        assertEquals(1, endpoint.get("weight").asInt());
        assertFalse(endpoint.get("backup").asBoolean());
        assertEquals(3, endpoint.get("connections_active").asInt());
        assertEquals(200, endpoint.get("connections_max").asInt());
        assertEquals(10, endpoint.get("connects").asInt());
        assertEquals(2, endpoint.get("connect_failures").asInt());
    }

    @Test
    void clustersNameTheSourceOfTheirEndpoints() throws IOException {
        Instant time = Instant.parse("2026-11-28T09:15:00.25Z");
        view.clusters.add(TestingProxyView.discovered("pg", time));
        view.clusters.add(TestingProxyView.discovered("none", time).from(new EndpointSourceView("file", "/etc/e.yaml",
                -1, null, 0, time, "no such file", true, 0, 3)));
        JsonNode clusters = json("/clusters").get("clusters");
        assertTrue(clusters.get(0).get("source").isNull());
        assertEquals("{\"kind\":\"dns\",\"name\":\"pg.internal:5432\",\"endpoints\":2,"
                + "\"last_success\":\"2026-11-28T09:15:00.250Z\",\"age_ms\":1500.0,\"stale\":false,"
                + "\"last_failure\":null,\"failure\":null,\"successes\":7,\"failures\":0}",
                clusters.get(1).get("source").toString());
        assertEquals("{\"kind\":\"file\",\"name\":\"/etc/e.yaml\",\"endpoints\":null,\"last_success\":null,"
                + "\"age_ms\":null,\"stale\":true,\"last_failure\":\"2026-11-28T09:15:00.250Z\","
                + "\"failure\":\"no such file\",\"successes\":0,\"failures\":3}",
                clusters.get(2).get("source").toString());
    }

    @Test
    void connectionsArePaged() throws IOException {
        for (int id = 1; id <= 250; id++) {
            view.connect(id, "192.0.2.7:" + id);
        }
        List<Long> seen = new ArrayList<>();
        String after = "";
        int pages = 0;
        while (true) {
            JsonNode page = json("/connections?limit=100" + after);
            pages++;
            for (JsonNode connection : page.get("connections")) {
                seen.add(connection.get("id").asLong());
            }
            if (page.get("next").isNull()) {
                break;
            }
            after = "&after=" + page.get("next").asLong();
        }
        assertEquals(3, pages);
        assertEquals(250, seen.size());
        assertEquals(250, seen.getLast());
        assertTrue(json("/connections?limit=250").get("next").isNull());

        JsonNode first = json("/connections").get("connections").get(0);
        assertEquals(100, json("/connections").get("connections").size());
        assertEquals("edge", first.get("listener").asString());
        assertEquals("192.0.2.7:1", first.get("client").asString());
        assertEquals("127.0.0.1:8080", first.get("endpoint").asString());
        assertEquals("web", first.get("cluster").asString());
        assertEquals("tls", first.get("protocol").asString());
        assertEquals("www.example.com", first.get("sni").asString());
        assertEquals("h2", first.get("alpn").asString());
        assertEquals("routes[0]", first.get("route").asString());
        assertEquals("relaying", first.get("state").asString());
        assertEquals(1500, first.get("age_ms").asDouble());
        assertEquals(0.25, first.get("idle_ms").asDouble());
        assertEquals(12, first.get("bytes_up").asInt());
        assertEquals(34, first.get("bytes_down").asInt());
        assertEquals(5632, first.get("buffer_bytes_owned").asInt());
        assertEquals("{\"borrowed\":0,\"residue\":4096,\"held\":{\"sniff\":512},\"retained\":{\"audit\":77},\"pipe\":0,"
                + "\"tls\":1024}", first.get("bytes_owned_by").toString());
        assertEquals(300, first.get("client_send_queue").asInt());
        assertEquals(0, first.get("client_receive_queue").asInt());
        assertFalse(first.has("upstream_send_queue"), "where the system tells nothing");
        assertEquals("[]", first.get("client_blocked_by").toString());
        assertEquals("[\"peer-owed\",\"gate\"]", first.get("upstream_blocked_by").toString());
        assertEquals(1500, first.get("client_rtt_us").asInt());
        assertEquals(2, first.get("client_retransmits").asInt());
        assertFalse(first.has("upstream_rtt_us"), "where the system tells nothing");
    }

    @Test
    void aFullPageComesThroughWhole() throws IOException {
        for (int id = 1; id <= 2000; id++) {
            view.connect(id, "client \"" + id + "\"\r\n");
        }
        assertEquals(1000, json("/connections?limit=1000").get("connections").size());
    }

    @Test
    void memory() throws IOException {
        view.loops.clear();
        view.loops.add(TestingProxyView.loop(0, new MemoryView(1, 10, 100, 1000, 5, 50, 500, 5000, 5500, 4000, 4400)));
        view.loops.add(TestingProxyView.loop(1, new MemoryView(2, 20, 200, 2000, 6, 60, 600, 6000, 6600, 300, 330)));
        JsonNode memory = json("/memory");
        assertEquals(65536, memory.get("read_buffer").asInt());
        JsonNode pool = memory.get("pool");
        assertEquals(64 << 20, pool.get("limit").asInt());
        assertEquals(11000, pool.get("reserved").asInt());
        assertEquals(12_100, pool.get("reserved_peak").asInt());
        assertEquals(300, pool.get("borrowed").asInt());
        assertEquals(3, pool.get("buffers_borrowed").asInt());
        assertEquals(30, pool.get("buffers_borrowed_peak").asInt());
        assertEquals(3000, pool.get("buffer_waits").asInt());
        assertEquals(11, pool.get("waiting_now").asInt());
        assertEquals(32 << 20, memory.get("stash").get("limit").asInt());
        assertEquals(4300, memory.get("stash").get("reserved").asInt());
        assertEquals(4730, memory.get("stash").get("reserved_peak").asInt());
        assertEquals(110, memory.get("stash").get("used").asInt());
        assertEquals(1100, memory.get("stash").get("peak").asInt());
        assertEquals(16 << 20, memory.get("pipes").get("limit").asInt());
        assertEquals(8 << 20, memory.get("pipes").get("reserved").asInt());
        assertEquals(10 << 20, memory.get("pipes").get("reserved_peak").asInt());
        assertEquals(8, memory.get("pipes").get("open").asInt());
        assertEquals(6, memory.get("pipes").get("borrowed").asInt());
        assertEquals(10, memory.get("pipes").get("borrowed_peak").asInt());
        assertEquals(2_000_000, memory.get("pipes").get("moved_bytes").asInt());
        assertEquals(3, memory.get("loops").get(1).get("pipes").get("borrowed").asInt());
        assertEquals(1, memory.get("loops").get(1).get("loop").asInt());
        assertEquals(200, memory.get("loops").get(1).get("pool").get("borrowed").asInt());
        assertEquals(60, memory.get("loops").get(1).get("stash").get("used").asInt());
    }

    @Test
    void plugins() throws IOException {
        view.plugins.add(new PluginView("dev.sluice.filters", "0.1.0", "built-in", List.of("acl", "sniff"), null));
        view.plugins.add(new PluginView("audit", null, "/plugins/audit.jar", List.of("audit"), null));
        view.plugins.add(new PluginView("guard", null, "/plugins/guard", List.of(), "plugin guard is\nbroken"));
        JsonNode answer = json("/plugins");
        assertEquals(2, answer.get("plugins").size());
        JsonNode filters = answer.get("plugins").get(0);
        assertEquals("dev.sluice.filters", filters.get("name").asString());
        assertEquals("0.1.0", filters.get("version").asString());
        assertEquals("built-in", filters.get("location").asString());
        assertEquals("[\"acl\",\"sniff\"]", filters.get("types").toString());
        assertTrue(answer.get("plugins").get(1).get("version").isNull());
        assertEquals("""
                [{"name":"guard","location":"/plugins/guard","problem":"plugin guard is\\nbroken"}]\
                """, answer.get("refused").toString());
    }

    @Test
    void drainIsPassedOn() throws IOException {
        Response response = TestingHttp.post(address, "/drain");
        assertEquals(202, response.status());
        assertEquals(1, lifecycle.drains.get());
        assertEquals("draining", response.json().get("result").asString());
    }

    @Test
    void aConnectionIsClosedOnce() throws IOException {
        view.connect(7, "192.0.2.7:1");
        Response response = TestingHttp.post(address, "/connections/7/close");
        assertEquals(202, response.status());
        assertEquals(7, response.json().get("id").asInt());
        assertEquals(404, TestingHttp.post(address, "/connections/7/close").status());
        assertTrue(json("/connections").get("connections").isEmpty());
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() throws IOException {
        Response get = TestingHttp.get(address, "/ready");
        Response head = TestingHttp.send(address, "HEAD", "/ready", "Host: localhost");
        assertEquals(200, head.status());
        assertEquals("", head.body());
        assertEquals(get.header("content-length"), head.header("content-length"));
        assertEquals(get.body().length(), Integer.parseInt(get.header("content-length")));
    }

    @Test
    void wrongMethodsAre405AndNameTheRightOnes() throws IOException {
        Response post = TestingHttp.post(address, "/metrics");
        assertEquals(405, post.status());
        assertEquals("GET, HEAD", post.header("allow"));
        assertEquals("POST is not allowed for /metrics; allowed: GET, HEAD", post.json().get("error").asString());
        for (String path : List.of("/drain", "/connections/7/close")) {
            Response get = TestingHttp.get(address, path);
            assertEquals(405, get.status());
            assertEquals("POST", get.header("allow"));
        }
        assertEquals(0, lifecycle.drains.get());
    }

    @Test
    void unknownPathsAre404() throws IOException {
        for (String path : List.of("/nope", "/live/", "/connections/1/2/close", "/connections//close", "/LIVE",
                "/%6Cive/x")) {
            Response response = TestingHttp.get(address, path);
            assertEquals(404, response.status(), path);
            assertTrue(response.json().get("error").asString().contains("GET / lists the paths"), path);
        }
    }

    @Test
    void wrongParametersAre400AndSayWhatIsAllowed() throws IOException {
        assertError("/connections?limit=0", "limit is \"0\"; allowed: a number from 1 to 1000");
        assertError("/connections?limit=1001", "limit is \"1001\"; allowed: a number from 1 to 1000");
        assertError("/connections?limit=x", "limit is \"x\"; allowed: a number from 1 to 1000");
        assertError("/connections?after=-1", "after is \"-1\"; allowed: a number from 0");
        assertError("/connections?after=99999999999999999999", "after is \"99999999999999999999\"; allowed");
        assertError("/connections?limit=1&limit=2", "parameter \"limit\" is given twice");
        assertError("/connections?offset=1", "unknown parameter \"offset\"; allowed: after, limit");
        assertError("/live?x", "unknown parameter \"x\"; allowed: none");
        Response response = TestingHttp.post(address, "/connections/abc/close");
        assertEquals(400, response.status());
        assertEquals("the connection id is \"abc\"; allowed: a number from 1", response.json().get("error").asString());
    }

    private void assertError(String path, String message) throws IOException {
        Response response = TestingHttp.get(address, path);
        assertEquals(400, response.status(), path);
        String error = response.json().get("error").asString();
        assertTrue(error.startsWith(message), error);
    }

    @Test
    void aConnectionServesManyRequests() throws IOException {
        try (var channel = java.nio.channels.SocketChannel.open(address)) {
            String request = "GET /live HTTP/1.1\r\nHost: localhost\r\n";
            // Two at once, then half-closed: everything asked is still answered.
            TestingHttp.write(channel, request + "\r\n" + request + "Connection: close\r\n\r\n");
            channel.shutdownOutput();
            String all = TestingHttp.readAll(channel);
            assertEquals(3, all.split("HTTP/1.1 200 OK", -1).length, all);
        }
    }
}
