package dev.sluice.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Certificates of clients: good ones, each kind of refusal, and changes while the proxy runs. */
class TlsClientAuthTest {
    private static TestingPki root;
    private static Issued site;
    private static Issued good;
    private static Issued other;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeCertificates() throws Exception {
        root = TestingPki.root("root");
        site = root.issue(new Content("CN=site").names("DNS:site.example"));
        good = root.authority("middle").issue(new Content("CN=good,O=Example").names("DNS:good.example"));
        other = root.issue(new Content("CN=other").names("DNS:other.example"));
    }

    @BeforeEach
    void writeFiles() throws Exception {
        site.write(directory, "site");
        Files.writeString(directory.resolve("ca.pem"), TestingPki.pemOf(List.of(root.certificate())));
        revoke();
    }

    private static Instant tomorrow() {
        return Instant.now().plus(Duration.ofDays(1));
    }

    private void revoke(X509Certificate... certificates) throws Exception {
        Files.writeString(directory.resolve("ca.crl"), TestingPki.pemOf(root.revoked(tomorrow(), certificates)));
    }

    private String yaml(String auth, TestingUpstream upstream) {
        return """
                runtime: { eventLoops: 1 }
                accessLog: { path: %1$s/access.log }
                tls: { engine: %4$s }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: echo, tls: { clientAuth: { %2$s },
                      certificates: [ { certificate: %1$s/site.pem, key: %1$s/site.key } ] } }
                clusters: [ { name: echo, endpoints: [ { address: "%3$s" } ] } ]
                """.formatted(directory, auth, upstream.address(), TestingProxy.Builder.tlsEngine());
    }

    private String required() {
        return "mode: require, ca: " + directory + "/ca.pem";
    }

    private String withList() {
        return required() + ", crl: " + directory + "/ca.crl";
    }

    private static ProxyServer start(String yaml) {
        return ProxyServer.builder().config(ProxyConfig.parse(yaml)).start();
    }

    private static String talk(ProxyServer server, @Nullable Issued shown, String version) throws Exception {
        return new TestingMtlsClient(shown).talk(server.address("edge"), version);
    }

    /** Has a client refused, with an alert that it can tell from others. */
    private void assertRefused(String alert, String detail, ProxyServer server, @Nullable Issued shown, String version)
            throws Exception {
        // Until the way to the engine's secrets has proved itself, all are certificate_unknown.
        Await.until(alert, () -> new TestingMtlsClient(shown).refusal(server.address("edge"), version).contains(alert));
        Await.until(detail + " in the log", () -> log().contains("\"detail\":\"" + detail));
    }

    private String log() {
        Path file = directory.resolve("access.log");
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void eachKindOfRefusalHasItsAlertAndItsName(String version) throws Exception {
        Issued late = root.issue(new Content("CN=late").until(Instant.now().minusSeconds(3600)));
        Issued foreign = TestingPki.root("elsewhere").issue(new Content("CN=foreign"));
        Issued server = root.issue(new Content("CN=server").forServersOnly());
        revoke(other.chain().getFirst());
        String missing = version.equals("TLSv1.3") ? "certificate_required" : "handshake_failure";
        try (TestingUpstream upstream = TestingUpstream.echo(); ProxyServer proxy = start(yaml(withList(), upstream))) {
            assertRefused(missing, "client-certificate-missing: the client has shown none", proxy, null, version);
            assertRefused("certificate_expired", "client-certificate-expired: 'CN=late' has expired at ", proxy, late,
                    version);
            assertRefused("certificate_revoked", "client-certificate-revoked: 'CN=other' was revoked", proxy, other,
                    version);
            assertRefused("unknown_ca", "client-certificate-unknown-ca: 'CN=foreign'", proxy, foreign, version);
            assertRefused("unsupported_certificate", "client-certificate-invalid: 'CN=server' is not for clients",
                    proxy,
                    server, version);
            assertEquals(0, upstream.accepted());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aGoodCertificateIsServed(String version) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(yaml(required(), upstream))) {
            TestingMtlsClient client = new TestingMtlsClient(good);
            assertEquals("hello", client.talk(server.address("edge"), version));
            long made = client.sessionMade();
            assertEquals("hello", client.talk(server.address("edge"), version));
            assertEquals(made, client.sessionMade(), "the session went on");
        }
    }

    @Test
    void whatIsOnlyRequestedMayBeMissingButNotBeWrong() throws Exception {
        Issued foreign = TestingPki.root("elsewhere").issue(new Content("CN=foreign"));
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(yaml(required().replace("require", "request"), upstream))) {
            assertEquals("hello", talk(server, null, "TLSv1.3"));
            assertEquals("hello", talk(server, good, "TLSv1.3"));
            assertEquals("hello", talk(server, null, "TLSv1.2"));
            assertRefused("unknown_ca", "client-certificate-unknown-ca", server, foreign, "TLSv1.3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aSessionFromBeforeDoesNotSkipTheCheck(String version) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(yaml("mode: none", upstream))) {
            TestingMtlsClient client = new TestingMtlsClient(null);
            assertEquals("hello", client.talk(server.address("edge"), version));
            server.reload(ProxyConfig.parse(yaml(required(), upstream)));
            String refusal = client.refusal(server.address("edge"), version);
            assertTrue(refusal.contains("alert"), refusal);
            server.reload(ProxyConfig.parse(yaml("mode: none", upstream)));
            assertEquals("hello", client.talk(server.address("edge"), version));
        }
    }

    @Test
    void aListThatIsReplacedCountsAtOnceAndForSessionsThatGoOn() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            String yaml = yaml(withList(), upstream);
            try (ProxyServer server = start(yaml)) {
                TestingMtlsClient client = new TestingMtlsClient(other);
                assertEquals("hello", client.talk(server.address("edge"), "TLSv1.3"));
                revoke(other.chain().getFirst());
                ReloadResult result = server.reload(ProxyConfig.parse(yaml));
                assertTrue(String.join("\n", result.lines()).contains("the files of tls.clientAuth have changed"),
                        () -> String.join("\n", result.lines()));
                Await.until("a refusal", () -> client.refusal(server.address("edge"), "TLSv1.3")
                        .contains("certificate_revoked"));
                Files.writeString(directory.resolve("ca.crl"), "broken");
                ConfigurationException refused = assertThrows(
                        ConfigurationException.class, () -> server.reload(ProxyConfig.parse(yaml)));
                assertTrue(String.valueOf(refused.getMessage()).contains("listeners[0].tls.clientAuth.crl"),
                        refused::getMessage);
                assertTrue(client.refusal(server.address("edge"), "TLSv1.3").contains("certificate_revoked"),
                        "the last good list");
            }
        }
    }

    @Test
    void theFilesAreWatched() throws Exception {
        Path config = directory.resolve("sluice.yaml");
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            Files.writeString(config,
                    yaml(withList(), upstream).replace("eventLoops: 1", "eventLoops: 1, watch: 100ms"));
            try (ProxyServer server = ProxyServer.builder().config(ProxyConfig.load(config)).start()) {
                assertEquals("hello", talk(server, other, "TLSv1.3"));
                revoke(other.chain().getFirst());
                Await.until("a refusal", () -> new TestingMtlsClient(other).refusal(server.address("edge"), "TLSv1.3")
                        .contains("certificate_revoked"));
            }
        }
    }

    /** The cluster in the first line of the log with these words; empty = there is none. */
    private String clusterOf(String words) {
        return log().lines().filter(line -> line.contains(words)).map(line -> line.replaceFirst(".*\"cluster\":\"", ""))
                .map(line -> line.substring(0, line.indexOf('"'))).findFirst().orElse("");
    }

    @Test
    void routesAndTheLogHaveTheNames() throws Exception {
        Issued workload = root
                .issue(new Content("CN=w").names("URI:spiffe://example/billing", "email:x@a.other.example"));
        Issued wild = root.issue(new Content("CN=wild").names("DNS:a.other.example"));
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            String yaml = yaml(required(), upstream).replace("cluster: echo, tls", """
                    routes: [ { match: { clientSan: good.example }, cluster: of-good },
                          { match: { clientSan: "*.other.example" }, cluster: of-wild },
                          { match: { clientSan: [ x.example, "spiffe://example/billing" ] }, cluster: of-workload },
                          { cluster: echo } ], tls""").replace("clusters: [", """
                    clusters: [ { name: of-good, endpoints: [ { address: "%1$s" } ] },
                      { name: of-wild, endpoints: [ { address: "%1$s" } ] },
                      { name: of-workload, endpoints: [ { address: "%1$s" } ] },""".formatted(upstream.address()));
            try (ProxyServer server = start(yaml)) {
                for (Issued each : List.of(good, wild, workload, other)) {
                    assertEquals("hello", talk(server, each, "TLSv1.3"));
                }
            }
            String names = "\"client_subject\":\"CN=good,O=Example\",\"client_san\":\"good.example\"";
            Await.until("all lines", () -> log().lines().count() == 4);
            assertEquals("of-good", clusterOf(names), this::log);
            assertEquals("of-wild", clusterOf("CN=wild"), this::log);
            assertEquals("of-workload",
                    clusterOf("\"client_san\":\"spiffe://example/billing,x@a.other.example\""), this::log);
            assertEquals("echo", clusterOf("CN=other"), this::log);
        }
    }
}
