package dev.sluice.dist.docs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.runtime.LogLevels;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.tls.TestingPki;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A proxy with one open connection, a listener with TLS, a filter that counts, a plugin that was refused, and clusters that are checked and found, so that every
 * field of its answers is there.
 */
final class RunningProxy implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Fields below these have names that depend on what runs. */
    private static final Set<String> MAPS = Set.of("bytes", "closed", "connect_failures", "decisions", "counters",
            "checks", "held", "retained");

    private final HttpClient http = HttpClient.newHttpClient();
    private final ServerSocket upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ProxyServer proxy;
    private final InetSocketAddress admin;
    private final Socket client;
    private final Path log;

    /** A logging library with one logger, whose level nobody changes. */
    private static final class OneLogger implements LogLevels {
        @Override
        public Map<String, String> levels() {
            return Map.of("ROOT", "info");
        }

        @Override
        public void level(String logger, @Nullable String level) {
            throw new AssertionError("nobody asked for it");
        }
    }

    /** Starts it in a directory of the test, with the access log in a format. */
    RunningProxy(Path directory, String format) throws Exception {
        log = directory.resolve("access.log");
        Path plugins = Files.createDirectories(directory.resolve("plugins"));
        Files.writeString(plugins.resolve("broken.jar"), "this is no JAR");
        TestingPki authority = TestingPki.root("authority");
        authority.issue(new TestingPki.Content("CN=site").names("DNS:www.example.com")).write(directory, "site");
        Files.writeString(directory.resolve("ca.pem"), TestingPki.pemOf(List.of(authority.certificate())));
        Files.writeString(directory.resolve("ca.crl"),
                TestingPki.pemOf(authority.revoked(Instant.now().plusSeconds(3600))));
        proxy = ProxyServer.builder().filter(new CountingFilter()).logLevels(new OneLogger())
                .config("""
                        admin: { listen: "127.0.0.1:0" }
                        plugins: { directory: "%1$s/plugins" }
                        accessLog: { path: "%1$s/access.log", format: %2$s }
                        listeners:
                          - { name: edge, listen: "127.0.0.1:0", cluster: app, maxConnections: 1000, filters: [ { type: counting }, { type: sniff }, { type: fault } ] }
                          - name: tls
                            listen: "127.0.0.1:0"
                            cluster: app
                            proxyProtocol: { trustedSources: [ 127.0.0.1 ] }
                            tls:
                              certificates: [ { certificate: "%1$s/site.pem", key: "%1$s/site.key" } ]
                              clientAuth: { mode: request, ca: "%1$s/ca.pem", crl: "%1$s/ca.crl" }
                        clusters:
                          - { name: app, maxConnections: 1000, endpoints: [ { address: "127.0.0.1:%3$d", maxConnections: 1000 } ] }
                          - { name: checked, healthCheck: { type: tcp }, endpoints: [ { address: "127.0.0.2:9" } ] }
                          - name: found
                            endpointsFile: "%1$s/none.yaml"
                            tls: { ca: "%1$s/ca.pem", verify: chain, certificate: "%1$s/site.pem", key: "%1$s/site.key" }
                        """
                        .formatted(directory, format, upstream.getLocalPort()))
                .start();
        admin = (InetSocketAddress) proxy.adminAddress().orElseThrow();
        InetSocketAddress edge = (InetSocketAddress) proxy.address("edge");
        client = new Socket(edge.getAddress(), edge.getPort());
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!get("/connections").contains("\"state\":\"open\"")
                || !get("/metrics").contains("sluice_health_checks_total{")) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no connection is open, or nothing was checked: " + get("/connections"));
            }
        }
    }

    /** The body of an answer of the admin interface. */
    String get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + admin.getPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Paths of all values in an answer, such as {@code listeners[].name}. */
    Set<String> fields(String path) throws IOException, InterruptedException {
        Set<String> fields = new TreeSet<>();
        collect("", JsonMapper.shared().readTree(get(path)), fields);
        return fields;
    }

    private static void collect(String path, JsonNode node, Set<String> fields) {
        if (node.isArray()) {
            fields.add(path + "[]");
            node.forEach(element -> collect(path + "[]", element, fields));
        } else if (node.isObject() && !MAPS.contains(path.substring(path.lastIndexOf('.') + 1))) {
            fields.remove(path);
            node.properties().forEach(
                    entry -> collect(path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(),
                            fields));
        } else {
            fields.add(path);
        }
    }

    /** Ends everything, and returns the line of the access log. */
    String lineAfterClose() throws IOException {
        close();
        List<String> lines = Files.readAllLines(log);
        if (lines.size() != 1) {
            throw new AssertionError("not one line: " + lines);
        }
        return lines.getFirst();
    }

    @Override
    public void close() throws IOException {
        client.close();
        proxy.close();
        http.close();
        upstream.close();
    }
}
