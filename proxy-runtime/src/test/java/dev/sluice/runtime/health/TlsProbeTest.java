package dev.sluice.runtime.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** TLS checks against servers whose certificates are good, for another name, out of date, or from elsewhere. */
class TlsProbeTest {
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Duration PATIENT = Duration.ofSeconds(20);

    @TempDir
    private static Path directory;
    private static TestingAuthority authority;
    private static TestingAuthority stranger;
    private static SSLContext good;
    private static SSLContext expired;

    private final Ledger ledger = Ledger.open();
    private final HealthChecks checks = new HealthChecks();
    private final TestingTarget target = new TestingTarget();
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @BeforeAll
    static void makeCertificates() throws Exception {
        authority = new TestingAuthority(directory, "good");
        stranger = new TestingAuthority(directory, "stranger");
        good = authority.server("good", "dns:db.example,ip:127.0.0.1", "-validity", "5");
        expired = authority.server("expired", "dns:db.example", "-startdate", "-10d", "-validity", "5");
        // Made at its first use, the trust manager opens files that stay open.
        good.createSSLEngine();
    }

    @AfterEach
    void nothingIsLeft() {
        checks.close();
        ledger.settle();
    }

    private static List<X509Certificate> trusted() throws Exception {
        return CertificateFile.read(authority.pem("ca"));
    }

    /** A server that shakes hands and notes the name that was asked for, and how the session ended. */
    private TestingUpstream server(SSLContext context, String... protocols) {
        return TestingUpstream.start(client -> {
            try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(client, null, false)) {
                if (protocols.length > 0) {
                    tls.setEnabledProtocols(protocols);
                }
                tls.startHandshake();
                String names = ((ExtendedSSLSession) tls.getSession()).getRequestedServerNames().toString();
                seen.add(names + " " + (tls.getInputStream().read() < 0 ? "closed" : "data"));
            } catch (SSLException e) {
                seen.add(String.valueOf(e.getMessage()));
            }
        });
    }

    private void check(TestingUpstream server, TlsProbe probe) {
        SocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port());
        checks.keep(List.of(new Wanted(address, new CheckSettings(probe, INTERVAL, PATIENT, 1, 1, null),
                target)));
    }

    private void awaitFailure(String beginning) {
        Await.value("verdicts", target::verdicts, all -> !all.isEmpty());
        assertEquals(1, target.verdicts().size());
        assertTrue(target.verdicts().getFirst().startsWith("failed: " + beginning), target.verdicts().getFirst());
        assertEquals(CheckResult.TLS, target.results().getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aGoodCertificatePassesAndTheSessionEndsInOrder(String protocol) throws Exception {
        try (TestingUpstream server = server(good, protocol)) {
            check(server, new TlsProbe(Optional.of("db.example"), true, trusted()));
            target.await("passed");
            target.awaitResults(3);
            for (int i = 0; i < 3; i++) {
                String session = seen.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertEquals("[type=host_name (0), value=db.example] closed", session);
            }
            assertEquals(List.of("passed"), target.verdicts());
        }
    }

    @Test
    void withoutANameTheAddressIsLookedFor() throws Exception {
        try (TestingUpstream server = server(good)) {
            check(server, new TlsProbe(Optional.empty(), true, trusted()));
            target.await("passed");
            assertEquals("[] closed", seen.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
    }

    @Test
    void anotherName() throws Exception {
        try (TestingUpstream server = server(good)) {
            check(server, new TlsProbe(Optional.of("web.example"), true, trusted()));
            awaitFailure("the certificate is refused: No subject alternative DNS name matching web.example found");
        }
    }

    @Test
    void anUnknownAuthority() throws Exception {
        try (TestingUpstream server = server(good)) {
            check(server, new TlsProbe(Optional.of("db.example"), true, CertificateFile.read(stranger.pem("ca"))));
            awaitFailure("the certificate is from no trusted authority: ");
        }
    }

    @Test
    void theAuthoritiesOfTheRuntimeAreTheDefault() throws Exception {
        try (TestingUpstream server = server(good)) {
            check(server, new TlsProbe(Optional.of("db.example"), true, List.of()));
            awaitFailure("the certificate is from no trusted authority: ");
        }
    }

    @Test
    void anExpiredCertificate() throws Exception {
        try (TestingUpstream server = server(expired)) {
            check(server, new TlsProbe(Optional.of("db.example"), true, trusted()));
            awaitFailure("the certificate has expired: ");
        }
    }

    @Test
    void anExpiredCertificateThatIsTrustedItself() throws Exception {
        try (TestingUpstream server = server(expired)) {
            check(server,
                    new TlsProbe(Optional.of("db.example"), true, CertificateFile.read(authority.pem("expired"))));
            awaitFailure("the certificate has expired: ");
        }
    }

    @Test
    void withoutVerificationAnyCertificatePasses() throws Exception {
        try (TestingUpstream server = server(expired)) {
            check(server, new TlsProbe(Optional.of("web.example"), false, List.of()));
            target.await("passed");
        }
    }

    @Test
    void aServerWithoutTls() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> {
            client.getOutputStream().write("220 mail.example ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes();
        })) {
            check(server, new TlsProbe(Optional.empty(), true, List.of()));
            awaitFailure("TLS handshake failed: ");
        }
    }

    @Test
    void aServerThatCloses() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(TlsProbeTest::readAndClose)) {
            check(server, new TlsProbe(Optional.empty(), true, List.of()));
            target.await("failed: connection closed during the TLS handshake");
        }
    }

    private static void readAndClose(Socket client) throws IOException {
        client.getInputStream().read(new byte[2000]);
    }

    @Test
    void aFileWithoutCertificatesIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("empty.pem"), "");
        assertTrue(refusal(file).startsWith("has no certificate"), refusal(file));
        Path other = Files.writeString(directory.resolve("other.pem"), "a: b");
        assertTrue(refusal(other).startsWith("is no file of certificates in PEM"), refusal(other));
    }

    private static String refusal(Path file) {
        return String.valueOf(assertThrows(IOException.class, () -> CertificateFile.read(file)).getMessage());
    }
}
