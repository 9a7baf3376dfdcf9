package dev.sluice.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The file of {@code healthCheck.tls.ca} over reloads: beside the configuration, read again, refused when it is broken. */
class HealthCheckCertificatesTest {
    @TempDir
    private Path directory;

    private final TestingTransport transport = new TestingTransport();

    private static TestingUpstream shakingHands(SSLContext context) {
        return TestingUpstream.start(client -> {
            try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(client, null, false)) {
                tls.startHandshake();
                tls.getInputStream().readAllBytes();
            }
        });
    }

    private Path write(TestingUpstream server) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"),
                """
                        runtime: { eventLoops: 1, transport: %s }
                        listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: db } ]
                        clusters:
                          - name: db
                            healthCheck: { type: tls, interval: 2s, timeout: 2s, rise: 1, fall: 1, tls: { sni: db.example, ca: ca.pem } }
                            endpoints: [ { address: "%s" } ]
                        """
                        .formatted(TestingTransport.realName(), server.address()));
    }

    private void trust(TestingAuthority authority) throws Exception {
        Files.copy(authority.pem("ca"), directory.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String state(ProxyServer server) {
        return server.engine().view().clusters().getFirst().endpoints().getFirst().state();
    }

    @Test
    void aReloadSeesOtherCertificatesInTheSameFile() throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "good");
        TestingAuthority stranger = new TestingAuthority(directory, "stranger");
        SSLContext context = authority.server("db", "dns:db.example", "-validity", "5");
        trust(authority);
        Ledger ledger = Ledger.open();
        try (TestingUpstream upstream = shakingHands(context)) {
            Path file = write(upstream);
            try (ProxyServer server = ProxyServer.builder().config(file).transport(transport).start()) {
                Await.equal("state", "up", () -> state(server));
                assertFalse(server.reload().applied(), "nothing has changed");

                trust(stranger);
                ReloadResult result = server.reload();
                assertTrue(result.applied(), result::toString);
                assertTrue(result.toString().contains("the certificates of healthCheck.tls.ca have changed"),
                        result::toString);
                Await.equal("state", "down", () -> state(server));

                Files.writeString(directory.resolve("ca.pem"), "no certificate");
                ConfigurationException refused = assertThrows(ConfigurationException.class, server::reload);
                String reasons = String.valueOf(refused.getMessage());
                assertTrue(reasons.contains("sluice.yaml:5:"), reasons);
                assertTrue(reasons.contains("ca.pem is no file of certificates in PEM"), reasons);

                trust(authority);
                assertTrue(server.reload().applied());
                Await.equal("state", "up", () -> state(server));
                assertEquals(0, server.stats().connectionsTotal());
            }
        }
        ledger.settle();
    }
}
