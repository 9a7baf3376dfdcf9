package dev.sluice.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.PrivateKey;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import dev.sluice.runtime.tls.jdk.TestingTlsClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Directories of certificates, and keys with a password. */
class TlsDirectoryTest {
    private static TestingPki root;

    @TempDir
    private Path directory;
    private Path more;

    @BeforeAll
    static void makeAuthority() throws Exception {
        root = TestingPki.root("root");
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        more = Files.createDirectory(directory.resolve("more"));
    }

    private static Issued named(String name) throws Exception {
        return root.issue(new Content("CN=" + name).names("DNS:" + name));
    }

    private String yaml(String entry, TestingUpstream upstream) {
        return """
                runtime: { eventLoops: 1, watch: 100ms }
                admin: { listen: "127.0.0.1:0" }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: echo, tls: { certificates: [ %s ] } } ]
                clusters: [ { name: echo, endpoints: [ { address: "%s" } ] } ]
                """.formatted(entry, upstream.address());
    }

    private String ofDirectory() {
        return "{ directory: " + more + " }";
    }

    private ProxyServer start(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml);
        return ProxyServer.builder().config(ProxyConfig.load(file)).start();
    }

    private static String certified(ProxyServer server, String name) throws Exception {
        try (TestingTlsClient client = new TestingTlsClient(name).connect(server.address("edge"))) {
            return client.certified();
        }
    }

    /** Reloads that were refused so far, as the metrics have them. */
    private static double refused(ProxyServer server) throws Exception {
        int port = ((InetSocketAddress) server.adminAddress().orElseThrow()).getPort();
        try (HttpClient http = HttpClient.newHttpClient()) {
            String metrics = http
                    .send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            String series = "sluice_config_reloads_total{result=\"refused\"} ";
            return metrics.lines().filter(line -> line.startsWith(series))
                    .mapToDouble(line -> Double.parseDouble(line.substring(series.length()))).sum();
        }
    }

    private static void assertRefused(String yaml, String... words) {
        String message = String.valueOf(
                assertThrows(ConfigurationException.class, () -> ProxyConfig.parse(yaml).verify()).getMessage());
        for (String word : words) {
            assertTrue(message.contains(word), () -> "'" + word + "' is not in: " + message);
        }
    }

    @Test
    void pairsAreFoundByNameAndServedByTheNamesWithin() throws Exception {
        named("a.example").write(more, "first");
        Path second = named("b.example").write(more, "second");
        Files.move(second, more.resolve("second.crt"));
        Issued third = named("c.example");
        Files.writeString(more.resolve("third.pem"),
                TestingPki.pemOf(third.chain()) + TestingPki.pem("PRIVATE KEY", third.key().getEncoded()));
        Files.writeString(more.resolve("README"), "no certificate");
        Files.writeString(more.resolve(".hidden.pem"), "nor this");
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(yaml(ofDirectory(), upstream))) {
            assertEquals("a.example", certified(server, "a.example"));
            assertEquals("b.example", certified(server, "b.example"));
            assertEquals("c.example", certified(server, "c.example"));
            assertEquals("a.example", certified(server, "unknown.example"), "the first by name");
        }
    }

    @Test
    void filesThatComeAreServedAndABrokenOneKeepsTheOldOnes() throws Exception {
        named("a.example").write(more, "first");
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(yaml(ofDirectory(), upstream))) {
            assertEquals("a.example", certified(server, "b.example"));
            named("b.example").write(more, "second");
            Await.until("the new one", () -> certified(server, "b.example").equals("b.example"));
            Files.writeString(more.resolve("first.pem"), "half of it");
            Await.until("a refusal", () -> refused(server) > 0);
            assertEquals("a.example", certified(server, "a.example"));
            assertEquals("b.example", certified(server, "b.example"));
            Files.delete(more.resolve("first.pem"));
            Await.until("the one that is left", () -> certified(server, "a.example").equals("b.example"));
            assertEquals(1, refused(server), "it was reported once");
        }
    }

    @Test
    void whatIsWrongWithADirectoryIsNamed() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            assertRefused(yaml("{ directory: /nowhere }", upstream), "listeners[0].tls.certificates[0].directory",
                    "/nowhere does not exist", "NAME.pem or NAME.crt");
            assertRefused(yaml(ofDirectory(), upstream), "listeners[0].tls.certificates",
                    "there is no certificate yet");
            named("a.example").write(more, "site");
            Files.delete(more.resolve("site.key"));
            assertRefused(yaml(ofDirectory(), upstream), "listeners[0].tls.certificates[0].directory",
                    more + "/site.pem has no private key");
            named("b.example").write(more, "site");
            Files.copy(more.resolve("site.pem"), more.resolve("site.crt"));
            assertRefused(yaml(ofDirectory(), upstream), more + "/site.key is the key of two files");
            assertRefused(yaml("{ directory: " + more + ", certificate: a.pem }", upstream),
                    "listeners[0].tls.certificates[0]", "one of the two: a certificate, or a directory");
        }
    }

    private static byte[] encrypted(PrivateKey key, String password) throws Exception {
        String algorithm = "PBEWithSHA1AndDESede";
        SecretKey secret = SecretKeyFactory.getInstance(algorithm)
                .generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret);
        AlgorithmParameters parameters = cipher.getParameters();
        byte[] content = cipher.doFinal(key.getEncoded());
        return new EncryptedPrivateKeyInfo(parameters, content).getEncoded();
    }

    @Test
    void keysMayHaveAPassword() throws Exception {
        Issued site = named("a.example");
        Path certificate = site.write(more, "site");
        Files.writeString(more.resolve("site.key"),
                TestingPki.pem("ENCRYPTED PRIVATE KEY", encrypted(site.key(), "open sesame")));
        Path password = Files.writeString(directory.resolve("password"), "open sesame\n");
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            String single = "{ certificate: " + certificate + ", key: " + more + "/site.key, keyPasswordFile: "
                    + password
                    + " }";
            try (ProxyServer server = start(yaml(single, upstream))) {
                assertEquals("a.example", certified(server, "a.example"));
            }
            String all = "{ directory: " + more + ", keyPasswordFile: " + password + " }";
            try (ProxyServer server = start(yaml(all, upstream))) {
                assertEquals("a.example", certified(server, "a.example"));
            }
            assertRefused(yaml(ofDirectory(), upstream), "has a private key with a password",
                    "a keyPasswordFile has to name");
            assertRefused(yaml(all.replace("password }", "nowhere }"), upstream),
                    "listeners[0].tls.certificates[0].keyPasswordFile", "nowhere cannot be read");
            Files.writeString(password, "close sesame");
            assertRefused(yaml(all, upstream), "listeners[0].tls.certificates[0].directory",
                    "that the password in keyPasswordFile does not open");
        }
    }
}
