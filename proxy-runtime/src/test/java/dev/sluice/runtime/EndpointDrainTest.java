package dev.sluice.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Endpoints that operators drain and restore, on real sockets: over the admin interface and the embedding API. */
@Timeout(120)
class EndpointDrainTest extends ClusterFixture {
    private static final String BEGIN = "runtime: { eventLoops: 2, transport: " + TestingTransport.realName()
            + " }\nadmin: { listen: \"127.0.0.1:0\" }\nlisteners: [ { name: edge, listen: \"127.0.0.1:0\","
            + " cluster: app } ]\n";

    @TempDir
    private Path directory;
    private TestingUpstream one;
    private TestingUpstream two;

    @BeforeEach
    void open() {
        one = answering("1");
        two = answering("2");
    }

    private static String cluster(TestingUpstream... upstreams) {
        return cluster("", upstreams);
    }

    private static String cluster(String more, TestingUpstream... upstreams) {
        return BEGIN + "clusters: [ { name: app, " + more + endpoints(upstreams) + " } ]\n";
    }

    private ProxyEndpoint endpoint(TestingUpstream upstream) {
        return server().endpoint("app", upstream.address());
    }

    /** Connects, and returns the letter of the upstream; the connection stays open. */
    private String connect() throws IOException {
        return client().readText(1);
    }

    private String connect(int times) throws IOException {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < times; i++) {
            letters.append(connect());
        }
        return letters.toString();
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        int port = ((InetSocketAddress) server().adminAddress().orElseThrow()).getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody()).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private HttpResponse<String> post(String address, String command) throws IOException, InterruptedException {
        return ask("POST", "/clusters/app/endpoints/" + URLEncoder.encode(address, StandardCharsets.UTF_8) + command);
    }

    @Test
    void newConnectionsAvoidItAndOldOnesStay() throws Exception {
        start(cluster(one, two));
        assertEquals("1212", connect(4));
        HttpResponse<String> answer = post(one.address(), "/drain");
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"state\":\"drained\""), answer.body());
        assertTrue(answer.body().contains("\"text\":\"endpoint " + one.address() + " of cluster app gets no new"
                + " connections; 2 open ones stay\""), answer.body());
        assertEquals("2222", connect(4));
        assertEquals("stays", clients.getFirst().roundTrip("stays"));
        assertEquals("drained", endpoint(one).state());
        assertEquals(2, endpoint(one).connections());
        String clusters = ask("GET", "/clusters").body();
        assertTrue(clusters.contains("\"state\":\"drained\",\"detail\":\"since 2"), clusters);
        assertTrue(clusters.contains(" by the admin interface\""), clusters);
        assertEquals(200, ask("GET", "/ready").statusCode());

        endpoint(two).drain();
        assertEquals(503, ask("GET", "/ready").statusCode());
        assertEquals("503 is no reason to cut", clients.get(1).roundTrip("503 is no reason to cut"));

        answer = post(one.address(), "/up");
        assertTrue(answer.body().contains("of cluster app gets new connections\""), answer.body());
        assertEquals("1111", connect(4));
        endpoint(two).restore();
        assertTrue(connect(4).contains("2"));
        assertEquals("stays", clients.getFirst().roundTrip("stays"));
    }

    @Test
    void commandsAreEventsThatNameTheirSource() throws Exception {
        start(cluster(one, two));
        post(one.address(), "/drain");
        post(one.address(), "/drain");
        post(one.address(), "/drain?over=10m");
        endpoint(one).restore();
        endpoint(one).restore();
        assertEquals(List.of("drained by the admin interface; open connections stay: 0",
                "drained by the admin interface; reset over 600 s: 0 connections",
                "its drain was ended by the program"),
                server().engine().view().events(0).stream().filter(event -> event.kind() == Event.Kind.OPERATOR)
                        .filter(event -> event.subject().equals("cluster app, endpoint " + one.address()))
                        .map(Event::text).toList());
    }

    @Test
    void openConnectionsAreResetWithinTheTime() throws Exception {
        start(cluster(one, two));
        connect(8);
        HttpResponse<String> answer = post(one.address(), "/drain?over=1s");
        assertTrue(answer.body().contains("; 4 open ones are reset evenly over 1s, busy ones up to 10s later\""),
                answer.body());
        String clusters = ask("GET", "/clusters").body();
        assertTrue(clusters.contains("; its connections are reset until 2"), clusters);
        for (int i = 0; i < 8; i += 2) {
            assertEquals(TestingClient.End.RESET, clients.get(i).end());
            assertEquals("other", clients.get(i + 1).roundTrip("other"));
        }
        Await.equal("closed connections", 4L, () -> closed(CloseReason.ENDPOINT_DRAINED));
        assertEquals("drained", endpoint(one).state());
        endpoint(two).drain(Duration.ZERO);
        Await.equal("closed connections", 8L, () -> closed(CloseReason.ENDPOINT_DRAINED));
    }

    /** The other endpoint's drain is the clock: it takes longer than the one that is stopped would have taken. */
    @Test
    void upStopsADrainThatIsUnderWay() throws Exception {
        start(cluster(one, two));
        connect(16);
        endpoint(one).drain(Duration.ofMillis(500));
        endpoint(one).restore();
        long left = endpoint(one).connections();
        endpoint(two).drain(Duration.ofSeconds(3));
        Await.equal("connections to the other", 0, () -> endpoint(two).connections());
        // Those whose turn came before the command was given; not one later.
        assertEquals(left, endpoint(one).connections());
        assertTrue(left >= 4, "left " + left);
        assertEquals("up", endpoint(one).state());
    }

    @Test
    void aSecondTimeReplacesTheFirst() throws Exception {
        start(cluster(one));
        connect(4);
        endpoint(one).drain(Duration.ofHours(24));
        endpoint(one).drain();
        assertEquals("still open", clients.getFirst().roundTrip("still open"));
        endpoint(one).drain(Duration.ZERO);
        Await.equal("closed connections", 4L, () -> closed(CloseReason.ENDPOINT_DRAINED));
        assertThrows(IllegalArgumentException.class, () -> endpoint(one).drain(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> endpoint(one).drain(Duration.ofHours(25)));
    }

    @Test
    void reloadsKeepIt() throws Exception {
        start(cluster(one, two));
        endpoint(one).drain();
        ReloadPlan unchanged = server().plan(cluster(one, two));
        assertFalse(unchanged.hasChanges());
        assertTrue(unchanged.toText().contains(one.address() + " stays drained by an operator"), unchanged.toText());
        assertFalse(server().reload(cluster(one, two)).applied());
        String others = cluster("loadBalancing: least-connections, ", two, one);
        assertTrue(server().plan(others).toText().contains(one.address() + " stays drained by an operator"));
        assertTrue(server().reload(others).applied());
        assertEquals("drained", endpoint(one).state());
        assertEquals("2222", connect(4));
    }

    @Test
    void itIsForgottenWhenTheEndpointHasLeftAndComesBack() throws Exception {
        start(cluster(one, two));
        assertEquals("12", connect(2));
        endpoint(one).drain(Duration.ofHours(1));
        assertTrue(server().reload(cluster(two)).applied());
        IllegalArgumentException gone = assertThrows(IllegalArgumentException.class, () -> endpoint(one).restore());
        assertEquals("cluster app has no endpoint '" + one.address() + "'; it has: " + two.address(),
                gone.getMessage());
        assertTrue(ask("GET", "/clusters").body().contains("\"state\":\"removed\""));
        assertTrue(server().reload(cluster(one)).applied());
        assertEquals("up", endpoint(one).state());
        assertEquals("still open", clients.getFirst().roundTrip("still open"));
        assertEquals("1", connect());
    }

    @Test
    void aDrainGoesOnWhenTheEndpointLeaves() throws Exception {
        start(cluster(one, two));
        assertEquals("1212", connect(4));
        endpoint(one).drain(Duration.ofSeconds(1));
        assertTrue(server().reload(cluster(two)).applied());
        Await.equal("closed connections", 2L, () -> closed(CloseReason.ENDPOINT_DRAINED));
    }

    @Test
    void foundAndUnixEndpointsAreNamedAsTheyAreShown() throws Exception {
        Path file = Files.writeString(directory.resolve("endpoints.yaml"),
                "[ { address: \"unix:/nowhere/a b.sock\" }, { address: \"[::1]:9\" } ]");
        start(BEGIN + "clusters: [ { name: app, endpointsFile: \"" + file + "\" } ]\n");
        Await.until("the file to be read", () -> ask("GET", "/clusters").body().contains("[::1]:9"));
        String shown = ask("GET", "/clusters").body();
        assertTrue(shown.contains("\"source\":{\"kind\":\"file\",\"name\":\"" + file + "\",\"endpoints\":2,"), shown);
        assertTrue(ask("GET", "/metrics").body()
                .contains("sluice_discovery_last_success_timestamp_seconds{cluster=\"app\"} 1."));
        for (String address : List.of("unix:/nowhere/a b.sock", "[::1]:9")) {
            HttpResponse<String> answer = ask("POST", "/clusters/app/endpoints/"
                    + URLEncoder.encode(address, StandardCharsets.UTF_8).replace("+", "%20") + "/drain");
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals("drained", server().endpoint("app", address).state());
        }
    }

    @Test
    void namesThatDoNotExistAreAnsweredWithThoseThatDo() throws Exception {
        start(cluster(one));
        HttpResponse<String> cluster = ask("POST", "/clusters/ap/endpoints/10.0.0.1:1/drain");
        assertEquals(404, cluster.statusCode());
        assertEquals("{\"error\":\"there is no cluster 'ap'; there are: app\"}", cluster.body().strip());
        HttpResponse<String> endpoint = ask("POST", "/clusters/app/endpoints/10.0.0.1:1/up");
        assertEquals(404, endpoint.statusCode());
        assertEquals("{\"error\":\"cluster app has no endpoint '10.0.0.1:1'; it has: " + one.address() + "\"}",
                endpoint.body().strip());
        List<String> many = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            many.add("{ address: \"127.0.0.1:" + i + "\" }");
        }
        assertTrue(server().reload(BEGIN + "clusters: [ { name: app, endpoints: [ " + String.join(", ", many)
                + " ] } ]").applied());
        assertTrue(String.valueOf(assertThrows(IllegalArgumentException.class, () -> endpoint(one).state())
                .getMessage()).endsWith("it has: 127.0.0.1:1, 127.0.0.1:2, 127.0.0.1:3, 127.0.0.1:4, 127.0.0.1:5,"
                        + " 127.0.0.1:6, 127.0.0.1:7, 127.0.0.1:8 and 12 more"));
    }
}
