package dev.sluice.dist;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.sluice.dist.TestingExplainClients.Client;
import dev.sluice.runtime.ConnectionEvent;
import dev.sluice.runtime.ProxyEvent;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingUpstream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A proxy with a listener for each thing that decides what becomes of a client, endpoints that say their address, and the
 * events of its connections by the port of the client.
 */
final class TestingExplainProxy implements AutoCloseable {
    /** The client of a Unix socket. */
    static final String UNIX = "unix";

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<TestingUpstream> upstreams = new ArrayList<>();
    private final List<String> backups = new ArrayList<>();
    private final List<Socket> dead = new ArrayList<>();
    private final Map<String, BlockingQueue<ConnectionEvent>> events = new ConcurrentHashMap<>();
    private final String yaml;
    private final ProxyServer proxy;

    /** @param directory with the certificates of {@link TestingExplainClients} */
    TestingExplainProxy(Path directory) throws IOException {
        yaml = yaml(directory);
        proxy = ProxyServer.builder().config(yaml).events(this::happened).start();
    }

    private String yaml(Path directory) throws IOException {
        String acl = "{ type: acl, config: { default: allow, rules: [ { deny: [ 127.3.0.0/16, 203.0.113.0/24,"
                + " \"2001:db8:dead::/48\" ] } ] } }";
        String tls = """
                certificates: [ { certificate: %1$s/a.pem, key: %1$s/a.key }, { certificate: %1$s/b.pem, key: %1$s/b.key } ],
                      alpn: [ h2, http/1.1 ], unknownName: reject"""
                .formatted(directory);
        String byCertificate = """
                routes:
                      - { match: { clientSan: "*.staff.example", sni: b.example }, cluster: hash }
                      - { match: { clientSan: good.example }, cluster: least }
                      - { match: { sni: [ a.example, "*.b.example" ] }, cluster: robin }
                      - { match: { protocol: tls }, cluster: hash }""";
        String byName = """
                routes:
                      - { match: { sni: a.example, alpn: h2 }, cluster: least }
                      - { match: { sni: [ "*.b.example", p.example ] }, cluster: robin }
                      - { match: { source: 127.5.0.0/16 }, cluster: hash }
                      - { match: { alpn: http/1.1 }, cluster: robin }
                      - { match: { source: 127.4.0.0/16, protocol: tls }, cluster: least }""";
        return """
                admin: { listen: "127.0.0.1:0" }
                runtime: { eventLoops: 2, transport: %s }
                tls: { engine: %s }
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    filters: [ %s, { type: sniff, config: { protocols: [ tls, http1 ] } } ]
                    routes:
                      - { match: { sni: [ a.example, "*.b.example" ], alpn: [ h2 ] }, cluster: least }
                      - { match: { sni: "*.b.example" }, cluster: robin }
                      - { match: { source: 127.4.0.0/16 }, cluster: hash }
                      - { match: { protocol: http1 }, cluster: robin }
                      - { match: { protocol: tls }, cluster: least }
                  - name: narrow
                    listen: "127.0.0.1:0"
                    filters: [ { type: sniff, config: { protocols: [ http1 ] } } ]
                    routes:
                      - { match: { protocol: http1 }, cluster: least }
                      - { match: { sni: [ a.example, "*.b.example" ] }, cluster: hash }
                      - { cluster: robin }
                  - name: plain
                    listen: "127.0.0.1:0"
                    filters: [ { type: rate-limit, config: { connections: [ { per: source, rate: 1/h, burst: 2 } ] } } ]
                    routes: [ { match: { source: 127.5.0.0/16 }, cluster: least }, { cluster: hash } ]
                  - name: header
                    listen: "127.0.0.1:0"
                    proxyProtocol: { trustedSources: [ 127.0.0.1 ] }
                    filters: [ %s ]
                    routes:
                      - { match: { source: [ "2001:db8::/32", 10.0.0.0/8 ] }, cluster: hash }
                      - { match: { source: 127.0.0.0/8 }, cluster: robin }
                      - { cluster: least }
                  - name: tls
                    listen: "127.0.0.1:0"
                    tls: { %s, passthrough: [ p.example, "*.pass.example" ] }
                    filters: [ %s ]
                    %s
                  - name: asks
                    listen: "127.0.0.1:0"
                    tls: { %s, clientAuth: { mode: request, ca: %s/ca.pem } }
                    %s
                  - name: demands
                    listen: "127.0.0.1:0"
                    tls: { %s, clientAuth: { mode: require, ca: %s/ca.pem } }
                    %s
                  - { name: small, listen: "127.0.0.1:0", maxConnections: 2, cluster: robin }
                  - name: unix
                    listen: "unix:%s/clients"
                    routes: [ { match: { source: 0.0.0.0/0 }, cluster: least }, { cluster: hash } ]
                  - name: states
                    listen: "127.0.0.1:0"
                    routes:
                      - { match: { source: 127.4.0.0/16 }, cluster: drained }
                      - { match: { source: 127.5.0.0/16 }, cluster: flaky }
                      - { match: { source: 127.6.0.0/16 }, cluster: tiers }
                      - { match: { source: 127.7.0.0/16 }, cluster: dead }
                      - { match: { source: 127.8.0.0/16 }, cluster: full }
                      - { match: { source: 127.9.0.0/16 }, cluster: queued }
                      - { match: { source: 127.10.0.0/16 }, cluster: checked }
                clusters:
                  - { name: least, loadBalancing: least-connections, endpoints: [ %s ] }
                  - { name: robin, loadBalancing: round-robin, endpoints: [ %s ] }
                  - { name: hash, loadBalancing: source-hash, endpoints: [ %s ] }
                  - { name: drained, loadBalancing: source-hash, endpoints: [ %s ] }
                  - name: flaky
                    loadBalancing: least-connections
                    outlierDetection: { consecutiveConnectFailures: 1, ejection: 1h, maxEjection: 1h }
                    endpoints: [ %s, %s ]
                  - { name: tiers, loadBalancing: least-connections, endpoints: [ %s, %s ] }
                  - { name: dead, endpoints: [ %s ] }
                  - { name: full, loadBalancing: least-connections, maxConnections: 1, endpoints: [ %s ] }
                  - name: queued
                    loadBalancing: least-connections
                    maxConnections: 2
                    queue: { max: 1, timeout: 1m }
                    endpoints: [ %s ]
                  - name: checked
                    loadBalancing: least-connections
                    panicThreshold: 0%%
                    healthCheck: { interval: 10s }
                    endpoints: [ %s, %s ]
                """.formatted(System.getProperty("sluice.transport", "auto"),
                System.getProperty("sluice.tls.engine", "auto"), acl, acl, tls, acl, byName, tls,
                directory, byCertificate, tls, directory, byCertificate, directory, live(3, ""), live(4, ""),
                live(5, ""),
                live(2, ""), deadEndpoint(), live(2, ""), live(1, ", maxConnections: 1"), live(2, ", backup: true"),
                deadEndpoint(), live(2, ""), live(2, ""), deadEndpoint(), live(1, ""));
    }

    private String live(int count, String more) {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TestingUpstream upstream = TestingUpstream.start(socket -> {
                String own = socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort() + "\n";
                socket.getOutputStream().write(own.getBytes(StandardCharsets.US_ASCII));
                TestingUpstream.echo(socket);
            });
            upstreams.add(upstream);
            if (more.contains("backup")) {
                backups.add(upstream.address());
            }
            entries.add("{ address: \"" + upstream.address() + "\", weight: " + (1 + i % 2) + more + " }");
        }
        return String.join(", ", entries);
    }

    /** An address that belongs to a socket, so that nobody else gets it, and refuses clients. */
    private String deadEndpoint() throws IOException {
        Socket bound = new Socket();
        bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        dead.add(bound);
        return "{ address: \"127.0.0.1:" + bound.getLocalPort() + "\" }";
    }

    /** Whether nobody listens at an endpoint. */
    boolean isDead(String endpoint) {
        return dead.stream().anyMatch(socket -> endpoint.equals("127.0.0.1:" + socket.getLocalPort()));
    }

    /** Whether an endpoint gets connections only when others have no room. */
    boolean isBackup(String endpoint) {
        return backups.contains(endpoint);
    }

    private void happened(ProxyEvent event) {
        if (event instanceof ConnectionEvent connection) {
            eventsOf(connection.peer() instanceof InetSocketAddress inet
                    ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                    : UNIX).add(connection);
        }
    }

    private BlockingQueue<ConnectionEvent> eventsOf(String peer) {
        return events.computeIfAbsent(peer, missing -> new LinkedBlockingQueue<>());
    }

    /** The next event of a client, by the address and port of its socket, or {@link #UNIX}. */
    ConnectionEvent next(String peer) throws InterruptedException {
        ConnectionEvent event = eventsOf(peer).poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return Objects.requireNonNull(event, "no event of " + peer);
    }

    ProxyServer server() {
        return proxy;
    }

    String yaml() {
        return yaml;
    }

    /** The answer to the question about a client. */
    JsonNode explain(Client client) throws IOException, InterruptedException {
        StringBuilder path = new StringBuilder("/explain?listener=" + client.listener() + "&client="
                + encoded(client.address()));
        client.facts().forEach((name, value) -> path.append('&').append(name).append('=').append(encoded(value)));
        return get(path.toString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** An answer of the admin interface. */
    JsonNode get(String path) throws IOException, InterruptedException {
        return answer(path, 200);
    }

    /** The message about a request that is wrong. */
    String error(String path) throws IOException, InterruptedException {
        return answer(path, 400).get("error").asString();
    }

    private JsonNode answer(String path, int status) throws IOException, InterruptedException {
        int port = ((InetSocketAddress) proxy.adminAddress().orElseThrow()).getPort();
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(status, answer.statusCode(), answer.body());
        return JsonMapper.shared().readTree(answer.body());
    }

    /** Waits until the cluster with health checks knows its endpoints. */
    void awaitChecks() {
        Await.until("health checks", () -> words("checked").values().stream().sorted().toList()
                .equals(List.of("down", "up")));
    }

    /** The states of the endpoints of a cluster, by their addresses. */
    Map<String, String> words(String cluster) throws IOException, InterruptedException {
        Map<String, String> words = new HashMap<>();
        for (JsonNode each : get("/clusters").get("clusters")) {
            for (JsonNode endpoint : each.get("endpoints")) {
                if (each.get("name").asString().equals(cluster)) {
                    words.put(endpoint.get("address").asString(), endpoint.get("state").asString());
                }
            }
        }
        return words;
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        http.close();
        for (TestingUpstream upstream : upstreams) {
            upstream.close();
        }
        for (Socket socket : dead) {
            socket.close();
        }
    }
}
