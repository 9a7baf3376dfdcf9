package dev.sluice.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.tls.TestingHello;
import dev.sluice.runtime.tls.TestingPki;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** TLS that ends at the daemon of the tarball, with clients of other makers. Each is skipped on a machine without it. */
class TlsIT {
    @TempDir
    private static Path store;
    private static Path authority;

    @BeforeAll
    static void makeCertificates() throws Exception {
        TestingAuthority made = new TestingAuthority(store, "authority");
        made.certificate("www", "dns:www.example.com,dns:localhost,ip:127.0.0.1");
        made.certificate("api", "dns:api.example.com", "RSA");
        authority = made.pem("ca");
    }

    private static void assumeTool(String name) {
        assumeTrue(Stream.of("/usr/bin", "/bin", "/usr/sbin").anyMatch(at -> Files.isExecutable(Path.of(at, name))),
                "there is no " + name);
    }

    /**
     * Runs a client.
     *
     * @param input its standard input, which ends once it has said {@code expected}
     * @return what it has said in the end
     */
    private static String run(String input, String expected, String... command) throws Exception {
        return run(List.of(input), List.of(expected), command);
    }

    /** The same with parts of the input, of which each is written once it has said what belongs to the one before. */
    private static String run(List<String> input, List<String> expected, String... command) throws Exception {
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        @SuppressWarnings("JdkObsolete") // two threads use it
        StringBuffer said = new StringBuffer();
        Thread reader = Thread.ofVirtual().start(() -> {
            try (Reader output = client.inputReader(StandardCharsets.ISO_8859_1)) {
                for (int c = output.read(); c >= 0; c = output.read()) {
                    said.append((char) c);
                }
            } catch (IOException e) {
                said.append(e);
            }
        });
        try (OutputStream in = client.getOutputStream()) {
            for (int i = 0; i < input.size(); i++) {
                in.write(input.get(i).getBytes(StandardCharsets.US_ASCII));
                in.flush();
                String words = expected.get(i);
                Await.until(words + " from " + command[0], TestingDaemon.LIMIT,
                        () -> said.indexOf(words) >= 0 || !client.isAlive());
            }
        }
        try {
            assertTrue(client.waitFor(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS), () -> "it goes on: " + said);
        } finally {
            client.destroyForcibly();
        }
        reader.join();
        return said.toString();
    }

    private static Path configuration(Path directory, String more, TestingEcho echo) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"),
                """
                        admin: { listen: "127.0.0.1:0" }
                        accessLog: { path: "%s/access.log" }
                        listeners:
                          - { name: edge, listen: "127.0.0.1:0", cluster: echo, tls: { certificates: [
                              { certificate: "%s/www.pem", key: "%s/www.key" }, { certificate: "%s/api.pem", key: "%s/api.key" } ]%s } }
                        clusters: [ { name: echo, endpoints: [ { address: "%s" } ] } ]
                        """
                        .formatted(directory, store, store, store, store, more, echo.address()));
    }

    private static String port(TestingDaemon daemon) throws Exception {
        return Integer.toString(daemon.address("edge").getPort());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void openssl(String version, @TempDir Path directory) throws Exception {
        assumeTool("openssl");
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = TestingDaemon.serving(configuration(directory, "", echo))) {
            String said = run("hello from openssl\n", "hello from openssl", "openssl", "s_client", "-connect",
                    "127.0.0.1:" + port(daemon),
                    "-servername",
                    "www.example.com", "-CAfile", authority.toString(), "-verify_return_error", version, "-quiet",
                    "-no_ign_eof");
            assertTrue(said.contains("hello from openssl"), said);
            Await.until("a line in the log", () -> !Files.readString(directory.resolve("access.log")).isEmpty());
            String line = Files.readString(directory.resolve("access.log"));
            assertTrue(line.contains("\"tls_version\":\"TLSv1." + version.charAt(version.length() - 1) + "\""), line);
            assertTrue(line.contains("\"sni\":\"www.example.com\""), line);
            assertTrue(line.contains("\"close_reason\":\"client-finished\""), line);
            assertEquals(1,
                    TestingMetrics.value(daemon,
                            "sluice_tls_handshakes_total{listener=\"edge\",result=\"done\",version=\"1."
                                    + version.charAt(version.length() - 1) + "\"}"));
            assertTrue(daemon.toString().contains("TLS by BoringSSL of netty-tcnative 2."), daemon::toString);
        }
    }

    @Test
    void opensslAsksForOtherKeysInTheMiddle(@TempDir Path directory) throws Exception {
        assumeTool("openssl");
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = TestingDaemon.serving(configuration(directory, "", echo))) {
            // A line that begins with K makes it update its key and ask for an update.
            String said = run(List.of("K\n", "after the update\n"), List.of("KEYUPDATE", "after the update"), "openssl",
                    "s_client", "-connect", "127.0.0.1:" + port(daemon),
                    "-servername",
                    "www.example.com", "-CAfile", authority.toString(), "-tls1_3");
            assertTrue(said.contains("after the update"), said);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void opensslWithTheEngineOfTheJdk(String version, @TempDir Path directory) throws Exception {
        assumeTool("openssl");
        try (TestingEcho echo = new TestingEcho()) {
            Path file = configuration(directory, "", echo);
            Files.writeString(file, "tls: { engine: jdk }\n" + Files.readString(file));
            try (TestingDaemon daemon = TestingDaemon.serving(file)) {
                String said = run("hello from openssl\n", "hello from openssl", "openssl", "s_client", "-connect",
                        "127.0.0.1:" + port(daemon), "-servername", "www.example.com", "-CAfile",
                        authority.toString(), "-verify_return_error", version, "-quiet", "-no_ign_eof");
                assertTrue(said.contains("hello from openssl"), said);
                assertTrue(daemon.toString().contains("TLS by the JDK"), daemon::toString);
                assertFalse(daemon.toString().contains("keep their engines"), daemon::toString);
            }
        }
    }

    @Test
    void gnutls(@TempDir Path directory) throws Exception {
        assumeTool("gnutls-cli");
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = TestingDaemon.serving(configuration(directory, "", echo))) {
            String said = run("hello from gnutls\n", "hello from gnutls", "gnutls-cli", "--x509cafile",
                    authority.toString(), "--port",
                    port(daemon),
                    "--sni-hostname", "www.example.com", "--verify-hostname", "www.example.com", "127.0.0.1");
            assertTrue(said.contains("Handshake was completed"), said);
            assertTrue(said.indexOf("hello from gnutls") >= 0, said);
        }
    }

    @Test
    void curlByTwoNames(@TempDir Path directory) throws Exception {
        assumeTool("curl");
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = TestingDaemon.serving(configuration(directory, "", echo))) {
            for (String name : List.of("www.example.com", "api.example.com")) {
                // The echo is no HTTP, and curl says so after the handshake.
                String said = run("", "Host: " + name, "curl", "-sv", "--http0.9", "--max-time", "2", "--cacert",
                        authority.toString(),
                        "--resolve",
                        name + ":" + port(daemon) + ":127.0.0.1", "https://" + name + ":" + port(daemon) + "/");
                assertTrue(said.contains("SSL certificate verify ok"), said);
                assertTrue(said.contains("Host: " + name), said);
            }
        }
    }

    /** The example, as it is but for its addresses. */
    @Test
    void theExampleServesTwoNames(@TempDir Path directory) throws Exception {
        Path example = Path.of("../examples/configs/terminate.yaml");
        Files.createDirectory(directory.resolve("certificates"));
        for (String file : List.of("www.pem", "www.key", "api.pem", "api.key")) {
            Files.copy(store.resolve(file), directory.resolve("certificates").resolve(file));
        }
        assumeTool("openssl");
        try (TestingEcho echo = new TestingEcho()) {
            Path file = Files.writeString(directory.resolve("sluice.yaml"), Files.readString(example)
                    .replace("0.0.0.0:443", "127.0.0.1:0")
                    .replaceAll("address: \"10[^\"]*\"", "address: \"" + echo.address() + "\"")
                    .replace(
                            "endpoints: [ { address: \"" + echo.address() + "\" }, { address: \"" + echo.address()
                                    + "\" } ]",
                            "endpoints: [ { address: \"" + echo.address() + "\" } ]"));
            try (TestingDaemon daemon = TestingDaemon.serving(file)) {
                InetSocketAddress https = daemon.address("https");
                String said = run("hello\n", "hello", "openssl", "s_client", "-connect", "127.0.0.1:" + https.getPort(),
                        "-servername",
                        "api.example.com", "-CAfile", authority.toString(), "-verify_return_error", "-alpn",
                        "http/1.1");
                assertTrue(said.contains("CN = api"), said);
                assertTrue(said.contains("ALPN protocol: http/1.1"), said);
            }
        }
    }

    /** The example with names that are passed through, as it is but for its addresses. */
    @Test
    void theExamplePassesThrough(@TempDir Path directory) throws Exception {
        Path certificates = Files.createDirectory(directory.resolve("certificates"));
        Files.copy(store.resolve("www.pem"), certificates.resolve("www.pem"));
        Files.copy(store.resolve("www.key"), certificates.resolve("www.key"));
        byte[] hello = TestingHello.of("a.tenants.example.com").bytes();
        try (TestingEcho echo = new TestingEcho()) {
            Path file = Files.writeString(directory.resolve("sluice.yaml"),
                    Files.readString(Path.of("../examples/configs/passthrough.yaml"))
                            .replace("0.0.0.0:443", "127.0.0.1:0").replace("/var/log/sluice", directory.toString())
                            .replaceAll("address: \"10[^\"]*\"", "address: \"" + echo.address() + "\""));
            try (TestingDaemon daemon = TestingDaemon.serving(file)) {
                try (Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"),
                        daemon.address("https").getPort())) {
                    client.setSoTimeout((int) TestingDaemon.LIMIT.toMillis());
                    client.getOutputStream().write(hello);
                    assertArrayEquals(hello, client.getInputStream().readNBytes(hello.length));
                }
                Await.until("a line of the log", TestingDaemon.LIMIT,
                        () -> Files.readString(directory.resolve("access.log")).endsWith("\n"));
            }
            String log = Files.readString(directory.resolve("access.log"));
            assertTrue(log.contains("\"tls\":\"passthrough\"") && log.contains("\"cluster\":\"tenants\""), log);
        }
    }

    /** The example with certificates of clients, as it is but for its addresses. */
    @Test
    void theExampleKnowsItsClients(@TempDir Path directory) throws Exception {
        assumeTool("openssl");
        Path certificates = Files.createDirectory(directory.resolve("certificates"));
        Files.copy(store.resolve("www.pem"), certificates.resolve("www.pem"));
        Files.copy(store.resolve("www.key"), certificates.resolve("www.key"));
        Path clients = Files.createDirectory(directory.resolve("clients"));
        TestingPki root = TestingPki.root("clients");
        Instant now = Instant.now();
        Files.writeString(clients.resolve("ca.pem"), TestingPki.pemOf(List.of(root.certificate())));
        TestingPki.Issued revoked = root
                .issue(new TestingPki.Content("CN=revoked").names("DNS:a.partners.example.com"));
        Files.writeString(clients.resolve("ca.crl"),
                TestingPki.pemOf(root.revoked(now.plusSeconds(3600), revoked.chain().getFirst())));
        root.issue(new TestingPki.Content("CN=billing").names("URI:spiffe://example.com/billing")).write(directory,
                "good");
        revoked.write(directory, "revoked");
        root.issue(new TestingPki.Content("CN=late").until(now.minusSeconds(3600))).write(directory, "late");
        TestingPki.root("elsewhere").issue(new TestingPki.Content("CN=foreign")).write(directory, "foreign");
        try (TestingEcho echo = new TestingEcho()) {
            Path file = Files.writeString(directory.resolve("sluice.yaml"),
                    Files.readString(Path.of("../examples/configs/mtls.yaml")).replace("0.0.0.0:8443", "127.0.0.1:0")
                            .replace("/var/log/sluice", directory.toString())
                            .replaceAll("address: \"10[^\"]*\"", "address: \"" + echo.address() + "\""));
            try (TestingDaemon daemon = TestingDaemon.serving(file)) {
                String address = "127.0.0.1:" + daemon.address("api").getPort();
                String said = run("hello\n", "hello", client(address, directory, "good"));
                assertTrue(said.contains("Acceptable client certificate CA names"), said);
                assertTrue(said.contains("hello"), said);
                // Until the way to the engine's secrets has proved itself, all alerts are certificate_unknown.
                refused(address, directory, "revoked", "alert certificate revoked");
                refused(address, directory, "late", "alert certificate expired");
                refused(address, directory, "foreign", "alert unknown ca");
                refused(address, directory, "", "alert certificate required");
                // The line is written a little later than the client has its alert.
                Await.until("a line about a client without certificate", TestingDaemon.LIMIT,
                        () -> Files.readString(directory.resolve("access.log")).contains("client-certificate-missing"));
            }
            String log = Files.readString(directory.resolve("access.log"));
            assertTrue(
                    log.contains("\"client_subject\":\"CN=billing\",\"client_san\":\"spiffe://example.com/billing\""),
                    log);
            assertTrue(log.contains("\"cluster\":\"billing\""), log);
            for (String word : List.of("missing", "expired", "revoked", "unknown-ca")) {
                assertTrue(log.contains("\"detail\":\"client-certificate-" + word), () -> word + " is not in: " + log);
            }
        }
    }

    private static void refused(String address, Path directory, String certificate, String alert) throws Exception {
        Await.until(alert, TestingDaemon.LIMIT,
                () -> run("hello\n", alert, client(address, directory, certificate)).contains(alert));
    }

    /** @param certificate its name; empty = none is shown */
    private static String[] client(String address, Path directory, String certificate) {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", address, "-servername",
                "www.example.com", "-CAfile", authority.toString(), "-no_ign_eof"));
        if (!certificate.isEmpty()) {
            command.addAll(List.of("-cert", directory + "/" + certificate + ".pem", "-key",
                    directory + "/" + certificate + ".key"));
        }
        return command.toArray(new String[0]);
    }
}
