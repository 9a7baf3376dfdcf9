package dev.sluice.dist;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Answers of {@code /explain} beside what real clients then get, with the built-in filters. */
@Timeout(120)
class ExplainTest {
    private static final int CLIENTS = 400;
    private static final int MOST_OPEN = 6;
    private static final String[] NAMES = {"a.example", "x.b.example", "x.y.b.example", "c.example"};

    private final Ledger ledger = Ledger.open();
    private final Random random = new Random(17);
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<TestingUpstream> upstreams = new ArrayList<>();
    private final List<Socket> open = new ArrayList<>();
    private final Map<String, Integer> seen = new HashMap<>();
    private ProxyServer proxy;

    /** A client that may come: its address, what it sends, and what the question says of that. */
    private record Client(String listener, String address, String first, String facts) {
        String question() {
            return "/explain?listener=" + listener + "&client=" + address + facts;
        }
    }

    @BeforeEach
    void start() {
        proxy = ProxyServer.builder().config("""
                admin: { listen: "127.0.0.1:0" }
                runtime: { eventLoops: 2 }
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    filters:
                      - { type: acl, config: { default: allow, rules: [ { deny: [ 127.3.0.0/16 ] } ] } }
                      - { type: sniff, config: { protocols: [ tls, http1 ] } }
                    routes:
                      - { match: { sni: [ a.example, "*.b.example" ], alpn: [ h2 ] }, cluster: least }
                      - { match: { sni: "*.b.example" }, cluster: robin }
                      - { match: { source: 127.4.0.0/16 }, cluster: hash }
                      - { match: { protocol: http1 }, cluster: robin }
                      - { match: { protocol: tls }, cluster: least }
                  - name: plain
                    listen: "127.0.0.1:0"
                    filters:
                      - { type: rate-limit, config: { connections: [ { per: source, rate: 1/h, burst: 4 } ] } }
                    routes:
                      - { match: { source: 127.5.0.0/16 }, cluster: least }
                      - { cluster: hash }
                clusters:
                  - { name: least, loadBalancing: least-connections, %s }
                  - { name: robin, loadBalancing: round-robin, %s }
                  - { name: hash, loadBalancing: source-hash, %s }
                """.formatted(endpoints(3), endpoints(4), endpoints(3))).start();
    }

    private String endpoints(int count) {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TestingUpstream upstream = TestingUpstream.start(socket -> {
                socket.getOutputStream().write('!');
                TestingUpstream.echo(socket);
            });
            upstreams.add(upstream);
            entries.add("{ address: \"" + upstream.address() + "\", weight: " + (1 + i % 2) + " }");
        }
        return "endpoints: [ " + String.join(", ", entries) + " ]";
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        proxy.close();
        http.close();
        for (TestingUpstream upstream : upstreams) {
            upstream.close();
        }
        ledger.settle();
    }

    private HttpResponse<String> answer(String path) throws IOException, InterruptedException {
        int port = ((InetSocketAddress) proxy.adminAddress().orElseThrow()).getPort();
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = answer(path);
        assertEquals(200, answer.statusCode(), answer.body());
        return JsonMapper.shared().readTree(answer.body());
    }

    private static String hello(String name, String... protocols) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        ByteBuffer bytes = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), bytes);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    private Client client() throws Exception {
        boolean edge = random.nextInt(4) > 0;
        String address = "127." + (3 + random.nextInt(4)) + ".0." + (1 + random.nextInt(8));
        String name = NAMES[random.nextInt(NAMES.length)];
        return switch (edge ? random.nextInt(4) : 3) {
            case 0 -> new Client("edge", address, hello(name), "&sni=" + name);
            case 1 -> new Client("edge", address, hello(name, "h2", "http/1.1"),
                    "&sni=" + name.toUpperCase(Locale.ROOT) + "&alpn=h2,http%2F1.1&protocol=tls");
            case 2 ->
                new Client("edge", address, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "&protocol=http1");
            default -> new Client(edge ? "edge" : "plain", address, "HELO a\r\n", "");
        };
    }

    /** Lets a client come. @return its connection as the proxy shows it; null = it was refused */
    private @Nullable JsonNode come(Client client) throws IOException, InterruptedException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(client.address()), 0));
        socket.connect(proxy.address(client.listener()));
        String port = ":" + socket.getLocalPort();
        try {
            socket.getOutputStream().write(client.first().getBytes(StandardCharsets.ISO_8859_1));
            if (socket.getInputStream().read() != '!') {
                throw new IOException("closed");
            }
        } catch (IOException refused) {
            socket.close();
            return null;
        }
        open.add(socket);
        for (JsonNode connection : get("/connections").get("connections")) {
            if (connection.get("client").asString().endsWith(port)) {
                return connection;
            }
        }
        throw new AssertionError("no connection of a client with port " + port);
    }

    private static boolean refuses(JsonNode explanation) {
        for (JsonNode filter : explanation.get("filters")) {
            if (filter.get("text").asString().startsWith("refuses")) {
                return true;
            }
        }
        return explanation.get("cluster").isNull();
    }

    @Test
    void explainEqualsReality() throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            Client client = client();
            JsonNode said = get(client.question());
            assertEquals(said.get("endpoint"), get(client.question()).get("endpoint"), "asking twice");
            JsonNode got = come(client);
            String where = "client " + i + ": " + said.get("text").asString();
            assertEquals(refuses(said), got == null, where);
            if (got != null) {
                for (String field : List.of("route", "cluster", "endpoint")) {
                    assertEquals(said.get(field).asString(), got.get(field).asString(), field + " of " + where);
                }
            }
            seen.merge(got == null
                    ? said.get("filters").get(0).get("text").asString().substring(0, 7)
                    : said.get("route").asString() + " of " + client.listener(), 1, Integer::sum);
            while (open.size() > MOST_OPEN) {
                open.remove(random.nextInt(open.size())).close();
            }
            Await.equal("connections", (long) open.size(), () -> (long) proxy.stats().connectionsActive());
        }
        // Eight routes with their patterns, refusals by acl and rate-limit, and clients without a route.
        assertTrue(seen.size() >= 9 && seen.values().stream().allMatch(count -> count >= 3), seen.toString());
    }

    @Test
    void askingAThousandTimesChangesNothing() throws Exception {
        List<String> paths = List.of("/filters", "/clusters", "/listeners", "/events", "/memory");
        Client client = new Client("plain", "127.5.0.1", "x", "");
        assertTrue(come(client) != null);
        List<JsonNode> before = new ArrayList<>();
        for (String path : paths) {
            before.add(get(path));
        }
        JsonNode first = get(client.question());
        for (int i = 0; i < 1_000; i++) {
            assertEquals(first, get(client.question()));
        }
        for (int i = 0; i < paths.size(); i++) {
            assertEquals(before.get(i), get(paths.get(i)), paths.get(i));
        }
    }

    @Test
    void theTextSaysEverything() throws Exception {
        String text = get("/explain?listener=edge&client=127.4.0.9&sni=x.b.example&alpn=h2").get("text").asString();
        assertEquals(
                """
                        listener  edge (open), generation 1
                        client    127.4.0.9, protocol tls, sni x.b.example, alpn h2
                        filter    acl: accepts: no rule of the list denies it
                        filter    sniff: waits at most 1s for the first byte, and 5s from then on for one of tls, http1; passes clients of \
                        other protocols
                        TLS       is passed on to the endpoint as it is
                        route     routes[0] sni *.b.example
                        cluster   least (least-connections)
                        endpoint  %s (up)
                        timeout   connecting: connect 3s x 3 endpoints comes before connectTotal 10s (cluster least)
                        timeout   no byte in either direction: idle 1h (listener edge)
                        timeout   a silent peer: keepAlive 60s + 4 x 15s = 2m comes before idle 1h
                        timeout   while sending: writeStall 1m
                        timeout   after one side has finished: halfClosed 10m"""
                        .formatted(upstreams.get(1).address()),
                text);
    }

    @Test
    void wrongQuestionsAreAnsweredWithWhatIsAllowed() throws Exception {
        Map<String, String> wrong = Map.of("listener=nowhere&client=127.0.0.1",
                "listener is \"nowhere\"; allowed: edge, plain",
                "client=127.0.0.1", "listener is \"\"; allowed: edge, plain",
                "listener=edge", "client is \"\"; allowed: an IP address",
                "listener=edge&client=host.example", "client is \"host.example\"; allowed: an IP address",
                "listener=edge&client=unix&sni=a%2Fb", "sni is \"a/b\"; allowed: a host name",
                "listener=edge&client=unix&protocol=HTTP", "protocol is \"HTTP\"; allowed: a name in lower case",
                "listener=edge&client=unix&alpn=h2%20x", "alpn is \"h2 x\"; allowed: protocols of TLS",
                "listener=edge&client=unix&port=1",
                "unknown parameter \"port\"; allowed: listener, client, sni, alpn, protocol");
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            HttpResponse<String> answer = answer("/explain?" + each.getKey());
            assertEquals(400, answer.statusCode(), each.getKey());
            String error = JsonMapper.shared().readTree(answer.body()).get("error").asString();
            assertTrue(error.startsWith(each.getValue()), error);
        }
        assertFalse(get("/explain?listener=edge&client=unix").get("text").asString().isEmpty());
    }
}
