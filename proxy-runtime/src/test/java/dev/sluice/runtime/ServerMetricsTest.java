package dev.sluice.runtime;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.observe.TestingMetricsText;
import dev.sluice.runtime.plugin.ModuleVersion;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingSilentEndpoint;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Metrics of servers that run: what is measured is what was done. */
class ServerMetricsTest {
    private static final String ADMIN = "admin: { listen: \"127.0.0.1:0\" }";
    private static final String CLOSE = "sluice_cluster_connection_close_total";

    @TempDir
    private Path directory;

    private static TestingMetricsText scrape(ProxyServer server) throws Exception {
        int port = ((InetSocketAddress) server.adminAddress().orElseThrow()).getPort();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return new TestingMetricsText(client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                    HttpResponse.BodyHandlers.ofString()).body());
        }
    }

    private static void turnedAway(TestingProxy proxy) throws Exception {
        try (TestingClient client = proxy.connect()) {
            assertEquals(End.RESET, client.end());
        } catch (SocketException resetWhileConnecting) {
            // The reset may arrive before the client has looked.
        }
    }

    @Test
    void endsAreCountedAtTheClusterThatWasChosen() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(ADMIN).cluster("maxConnections: 1").endpoint(upstream)
                        .start()) {
            try (TestingClient first = proxy.connect()) {
                first.roundTrip("x");
                assertEquals(1, scrape(proxy.server()).value("sluice_cluster_connections_active", "cluster", "app"));
                turnedAway(proxy);
            }
            proxy.awaitIdle();
            TestingMetricsText text = scrape(proxy.server());
            assertEquals(1, text.value(CLOSE, "cluster", "app", "reason", "client-finished"));
            assertEquals(1, text.value(CLOSE, "cluster", "app", "reason", "cluster-full"));
            assertEquals(0, text.value("sluice_cluster_connections_active", "cluster", "app"));
            assertEquals(1, text.value("sluice_cluster_connections_limit", "cluster", "app"));
        }
    }

    @Test
    void anEndWhileAnEndpointIsDialledIsCountedToo() throws Exception {
        try (TestingSilentEndpoint silent = new TestingSilentEndpoint();
                TestingProxy proxy = TestingProxy.builder().with(ADMIN)
                        .cluster("connectAttempts: 1").cluster("timeouts: { connect: 100ms }")
                        .endpoint(silent.address()).start()) {
            turnedAway(proxy);
            proxy.awaitClosed(CloseReason.CONNECT_TIMEOUT, 1);
            assertEquals(1, scrape(proxy.server()).value(CLOSE, "cluster", "app", "reason", "connect-timeout"));
        }
    }

    @Test
    void whatEndsBeforeAClusterIsChosenIsNotCountedThere() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(ADMIN).endpoint(upstream)
                        .listener("proxyProtocol: { trustedSources: [127.0.0.1] }").start();
                TestingClient client = proxy.connect()) {
            client.send("this is no header\r\n");
            assertEquals(End.RESET, client.end());
            proxy.awaitClosed(CloseReason.PROXY_HEADER_INVALID, 1);
            assertTrue(scrape(proxy.server()).series(CLOSE).stream().noneMatch(name -> name.contains("header")));
        }
    }

    @Test
    void versionsAndStates() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(ADMIN).endpoint(upstream).start()) {
            TestingMetricsText text = scrape(proxy.server());
            String version = ModuleVersion.of(ProxyServer.class).orElse("(development)");
            assertEquals(Set.of("{java=" + Runtime.version() + ", version=" + version + "}"),
                    text.series("sluice_build_info"));
            assertEquals(1, text.value("sluice_ready"));
            assertEquals(Set.of("{state=ready}"), text.series("sluice_server_state"));
            assertEquals(Set.of("{listener=edge, state=open}"), text.series("sluice_listener_state"));
            proxy.server().listener("edge").down();
            assertEquals(Set.of("{listener=edge, state=closed}"),
                    scrape(proxy.server()).series("sluice_listener_state"));
            proxy.server().listener("edge").up();
        }
    }

    private String tls(Issued client, Instant nextUpdate, TestingPki root, TestingUpstream upstream) throws Exception {
        Files.writeString(directory.resolve("ca.pem"), TestingPki.pemOf(List.of(root.certificate())));
        Files.writeString(directory.resolve("ca.crl"), TestingPki.pemOf(root.revoked(nextUpdate)));
        client.write(directory, "client");
        return """
                %2$s
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    cluster: app
                    tls:
                      certificates: [ { certificate: %1$s/one.pem, key: %1$s/one.key }, { certificate: %1$s/two.pem, key: %1$s/two.key } ]
                      clientAuth: { mode: require, ca: %1$s/ca.pem, crl: %1$s/ca.crl }
                clusters:
                  - name: app
                    tls: { serverName: a.example, ca: %1$s/ca.pem, certificate: %1$s/client.pem, key: %1$s/client.key }
                    endpoints: [ { address: "%3$s" } ]
                """
                .formatted(directory, ADMIN, upstream.address());
    }

    /** Everything that ends at a date is there by what it is called in its files, and follows a reload. */
    @Test
    void datesOfCertificatesAndListsFollowAReload() throws Exception {
        TestingPki root = TestingPki.root("root");
        Instant first = Instant.ofEpochSecond(Instant.now().getEpochSecond()).plus(Duration.ofDays(1));
        Instant second = first.plus(Duration.ofDays(6));
        root.issue(new Content("CN=one").names("DNS:a.example")).write(directory, "one");
        root.issue(new Content("CN=two").names("DNS:a.example")).write(directory, "two");
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder()
                        .config(ProxyConfig.parse(tls(root.issue(new Content("CN=sluice").until(second)), first, root,
                                upstream)))
                        .start()) {
            TestingMetricsText text = scrape(server);
            assertEquals(2, text.series("sluice_tls_certificate_not_after_seconds").size());
            assertEquals((double) first.getEpochSecond(),
                    text.value("sluice_tls_crl_next_update_seconds", "listener", "edge", "issuer", "CN=root"));
            String shown = "sluice_upstream_tls_certificate_not_after_seconds";
            Set<String> before = text.series(shown);
            assertTrue(before.toString().startsWith("[{cluster=app, key_type=EC, name=CN=sluice, serial="),
                    before::toString);
            assertTrue(server.reload(ProxyConfig.parse(tls(root.issue(new Content("CN=sluice")), second, root,
                    upstream))).applied());
            text = scrape(server);
            assertEquals((double) second.getEpochSecond(),
                    text.value("sluice_tls_crl_next_update_seconds", "listener", "edge", "issuer", "CN=root"));
            assertEquals(1, text.series(shown).size());
            assertNotEquals(before, text.series(shown), "a renewed certificate has another serial number");
        }
    }
}
