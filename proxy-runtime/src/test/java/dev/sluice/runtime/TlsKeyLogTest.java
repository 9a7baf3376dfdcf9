package dev.sluice.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.jdk.TestingTlsClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The key log of a server. */
class TlsKeyLogTest {
    private static final FileAttribute<?> OWNER_ONLY = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    @TempDir
    private Path directory;

    private String listener = "";

    @BeforeEach
    void makeCertificate() throws Exception {
        Path certificate = new TestingAuthority(directory, "authority").certificate("site", "dns:a.example");
        listener = "tls: { certificates: [ { certificate: " + certificate + ", key: "
                + certificate.toString().replace(".pem", ".key") + " } ] }";
    }

    private ProxyServer.Builder server(String engine, TestingUpstream upstream) {
        return ProxyServer.builder().config(TestingProxy.builder().with("tls: { engine: " + engine + " }")
                .listener(listener).endpoint(upstream).yaml());
    }

    private static List<String> secrets(List<String> lines) {
        return List.of("SERVER_TRAFFIC_SECRET_0 ", "CLIENT_TRAFFIC_SECRET_0 ").stream()
                .map(label -> lines.stream().filter(line -> line.startsWith(label)).findFirst().orElse(""))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1)).toList();
    }

    @Test
    void theFileHasTheSecretsOfASessionForItsOwnerAlone() throws Exception {
        Path file = directory.resolve("keys.log");
        Files.writeString(Files.createFile(file, OWNER_ONLY), "from before\n");
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = server("boringssl", upstream).tlsKeyLog(file).start();
                TestingTlsClient client = new TestingTlsClient("a.example").connect(server.address("edge"))) {
            client.write(client.peer().data("so that the handshake is done"));
            client.next();
            List<String> lines = Files.readAllLines(file);
            assertEquals("from before", lines.getFirst(), "it is appended to");
            assertEquals(client.peer().secrets(), secrets(lines));
            for (String line : lines.subList(1, lines.size())) {
                assertTrue(line.matches("[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]{64,96}"), line);
            }
        }
    }

    @Test
    void aNewFileIsForItsOwnerAloneAndOneThatOthersMayReadIsRefused() throws Exception {
        Path file = directory.resolve("keys.log");
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = server("jdk", upstream).tlsKeyLog(file).start();
                TestingTlsClient client = new TestingTlsClient("a.example").connect(server.address("edge"))) {
            client.write(client.peer().data("x"));
            client.next();
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals("", Files.readString(file), "the JDK shows no secrets, and a line of the log says so");
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            ProxyServer.Builder refused = server("jdk", upstream).tlsKeyLog(file);
            String message = assertThrows(StartException.class, refused::start).getMessage();
            assertTrue(String.valueOf(message).contains("its mode is rw-r-----"), message);
            assertTrue(String.valueOf(message).contains("chmod 600 " + file), message);
        }
    }
}
