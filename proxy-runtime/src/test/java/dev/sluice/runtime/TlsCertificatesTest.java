package dev.sluice.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.jdk.TestingTlsClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Certificates of listeners: which one a client gets, and their renewal while the proxy runs. */
class TlsCertificatesTest {
    @TempDir
    private static Path store;
    private static Path ofA;
    private static Path ofB;
    private static Path rsaOfB;
    private static Path renewed;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeCertificates() throws Exception {
        TestingAuthority authority = new TestingAuthority(store, "authority");
        ofA = authority.certificate("a", "dns:a.example,dns:alias.example");
        ofB = authority.certificate("b", "dns:*.b.example");
        rsaOfB = authority.certificate("rsa-b", "dns:*.b.example", "RSA");
        // The same names, so that sessions go on; the first one tells them apart.
        renewed = authority.certificate("renewed", "dns:alias.example,dns:a.example");
    }

    private static Path key(Path certificate) {
        return Path.of(certificate.toString().replace(".pem", ".key"));
    }

    private static String entry(Path certificate) {
        return "{ certificate: " + certificate + ", key: " + key(certificate) + " }";
    }

    private static String yaml(String tls, TestingUpstream upstream) {
        return """
                runtime: { eventLoops: 1 }
                tls: { engine: %s }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: echo, tls: %s } ]
                clusters: [ { name: echo, endpoints: [ { address: "%s" } ] } ]
                """.formatted(TestingProxy.Builder.tlsEngine(), tls, upstream.address());
    }

    private static TestingTlsClient connect(ProxyServer server, String name, String... protocols) throws Exception {
        return new TestingTlsClient(name, protocols).connect(server.address("edge"));
    }

    private static String certified(ProxyServer server, String name) throws Exception {
        try (TestingTlsClient client = connect(server, name)) {
            return client.certified();
        }
    }

    private static ProxyServer start(String yaml) throws Exception {
        return ProxyServer.builder().config(ProxyConfig.parse(yaml)).start();
    }

    @Test
    void theNameChooses() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(
                        yaml("{ certificates: [ " + entry(ofA) + ", " + entry(ofB) + " ] }", upstream))) {
            assertEquals("a.example", certified(server, "a.example"));
            assertEquals("a.example", certified(server, "ALIAS.example"));
            assertEquals("*.b.example", certified(server, "x.b.example"));
            assertEquals("a.example", certified(server, "b.example"), "a wildcard is one label");
            assertEquals("a.example", certified(server, "y.x.b.example"), "a wildcard is one label");
            assertEquals("a.example", certified(server, "unknown.example"));
        }
    }

    @Test
    void theClientsSignaturesChooseTheKindOfKey() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(
                        yaml("{ certificates: [ " + entry(ofB) + ", " + entry(rsaOfB) + " ] }", upstream))) {
            try (TestingTlsClient client = new TestingTlsClient("x.b.example").signatures("rsa_pss_rsae_sha256")
                    .connect(server.address("edge"))) {
                assertEquals("RSA", client.keyType());
            }
            try (TestingTlsClient client = new TestingTlsClient("x.b.example").signatures("ecdsa_secp256r1_sha256")
                    .connect(server.address("edge"))) {
                assertEquals("EC", client.keyType());
            }
        }
    }

    @Test
    void anUnknownNameMayBeRefused() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(
                        yaml("{ unknownName: reject, certificates: [ " + entry(ofA) + ", " + entry(ofB) + " ] }",
                                upstream))) {
            assertEquals("a.example", certified(server, "a.example"));
            assertEquals("*.b.example", certified(server, "x.b.example"));
            SSLException refused = assertThrows(SSLException.class, () -> certified(server, "unknown.example"));
            assertTrue(String.valueOf(refused.getMessage()).contains("unrecognized_name"), refused::getMessage);
        }
    }

    @Test
    void theProtocolIsAgreedOn() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(
                        yaml("{ alpn: [ h2, http/1.1 ], certificates: [ " + entry(ofA) + " ] }", upstream))) {
            try (TestingTlsClient client = connect(server, "a.example", "http/1.1", "h2")) {
                assertEquals("h2", client.protocol(), "the preference is the server's");
            }
            try (TestingTlsClient client = connect(server, "a.example", "http/1.1")) {
                assertEquals("http/1.1", client.protocol());
            }
            try (TestingTlsClient client = connect(server, "a.example")) {
                assertEquals("", client.protocol());
            }
            assertThrows(SSLException.class, () -> connect(server, "a.example", "imap"));
        }
    }

    private void serve(Path certificate) throws Exception {
        Files.copy(key(certificate), directory.resolve("live.key"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(certificate, directory.resolve("live.pem"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aReloadServesTheRenewedCertificateAndTouchesNoConnection() throws Exception {
        serve(ofA);
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            String yaml = yaml("{ certificates: [ { certificate: " + directory.resolve("live.pem") + ", key: "
                    + directory.resolve("live.key") + " } ] }", upstream);
            try (ProxyServer server = start(yaml); TestingTlsClient open = connect(server, "a.example")) {
                assertEquals("a.example", certified(server, "a.example"));
                serve(renewed);
                assertEquals("a.example", certified(server, "a.example"), "nobody has reloaded");
                server.reload(ProxyConfig.parse(yaml));
                assertEquals("alias.example", certified(server, "a.example"));
                open.write(open.peer().data("still here"));
                assertArrayEquals("still here".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        open.next().content());
                Files.writeString(directory.resolve("live.pem"), "broken");
                assertThrows(RuntimeException.class, () -> server.reload(ProxyConfig.parse(yaml)));
                assertEquals("alias.example", certified(server, "a.example"), "the last good one");
            }
        }
    }

    @Test
    void aReloadChangesTheEngine() throws Exception {
        serve(ofA);
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            String yaml = yaml("{ certificates: [ { certificate: " + directory.resolve("live.pem") + ", key: "
                    + directory.resolve("live.key") + " } ] }", upstream);
            String auto = yaml.replaceFirst("engine: \\w+", "engine: auto");
            try (ProxyServer server = start(auto); TestingTlsClient open = connect(server, "a.example")) {
                for (String engine : List.of("jdk", "boringssl", "jdk", "auto")) {
                    server.reload(ProxyConfig.parse(yaml.replaceFirst("engine: \\w+", "engine: " + engine)));
                    assertEquals("a.example", certified(server, "a.example"));
                }
                serve(renewed);
                server.reload(ProxyConfig.parse(yaml.replaceFirst("engine: \\w+", "engine: boringssl")));
                assertEquals("alias.example", certified(server, "a.example"));
                open.write(open.peer().data("still here"));
                assertArrayEquals("still here".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        open.next().content());
            }
        }
    }

    @Test
    void noHandshakeFailsWhileCertificatesAreReplaced() throws Exception {
        serve(ofA);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            String yaml = yaml("{ certificates: [ { certificate: " + directory.resolve("live.pem") + ", key: "
                    + directory.resolve("live.key") + " } ] }", upstream);
            try (ProxyServer server = start(yaml)) {
                Thread clients = Thread.ofPlatform().start(() -> {
                    try {
                        while (!over.get()) {
                            certified(server, "a.example");
                            done.incrementAndGet();
                        }
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                });
                TestingMtlsClient resuming = new TestingMtlsClient(null);
                assertEquals("hello", resuming.talk(server.address("edge"), "TLSv1.3"));
                long made = resuming.sessionMade();
                for (int i = 0; i < 20; i++) {
                    int before = done.get();
                    serve(i % 2 == 0 ? renewed : ofA);
                    server.reload(ProxyConfig.parse(yaml));
                    assertEquals(i % 2 == 0 ? "alias.example" : "a.example", certified(server, "a.example"));
                    assertEquals("hello", resuming.talk(server.address("edge"), "TLSv1.3"));
                    assertEquals(made, resuming.sessionMade(), "its session goes on");
                    Await.until("a handshake with it", () -> done.get() > before || failure.get() != null);
                }
                over.set(true);
                assertTrue(clients.join(Duration.ofSeconds(30)));
                assertNull(failure.get(), () -> "handshake " + done + " failed: " + failure.get());
            }
        }
    }
}
