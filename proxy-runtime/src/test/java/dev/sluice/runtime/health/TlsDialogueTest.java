package dev.sluice.runtime.health;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.StartTls;
import dev.sluice.runtime.tls.pem.PemFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that ask their question within TLS, as those of a cluster whose endpoints speak it. */
class TlsDialogueTest {
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final TcpProbe PING = new TcpProbe(Bytes.of("PING\r\n"), Bytes.of("+PONG"));

    @TempDir
    private static Path directory;
    private static TestingAuthority authority;
    private static SSLContext server;

    private final Ledger ledger = Ledger.open();
    private final HealthChecks checks = new HealthChecks();
    private final TestingTarget target = new TestingTarget();

    @BeforeAll
    static void makeCertificates() throws Exception {
        authority = new TestingAuthority(directory, "good");
        server = authority.server("good", "dns:db.example");
        // Made at its first use, the trust manager opens files that stay open.
        server.createSSLEngine();
    }

    @AfterEach
    void nothingIsLeft() {
        checks.close();
        ledger.settle();
    }

    /** A server that answers one line in TLS. */
    private static void answer(Socket client, String text, boolean demands) throws IOException {
        try (SSLSocket tls = (SSLSocket) server.getSocketFactory().createSocket(client, null, client.getPort(), true)) {
            tls.setUseClientMode(false);
            tls.setNeedClientAuth(demands);
            InputStream in = tls.getInputStream();
            while (in.read() != '\n') {
                // The rest of the line.
            }
            tls.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            in.readAllBytes();
        }
    }

    private void check(TestingUpstream upstream, Probe probe, TlsProbe tls) {
        SocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), upstream.port());
        checks.keep(List.of(new Wanted(address, new CheckSettings(probe, INTERVAL, PATIENT, 1, 1, tls, null), target)));
    }

    private static TlsProbe verified() throws Exception {
        return new TlsProbe(Optional.of("db.example"), true, CertificateFile.read(authority.pem("ca")));
    }

    @Test
    void bytesAreExchangedWithinIt() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(client -> answer(client, "+PONG\r\n", false))) {
            check(upstream, PING, verified());
            target.await("passed");
        }
    }

    @Test
    void aWrongAnswerIsNamed() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            try (SSLSocket tls = (SSLSocket) server.getSocketFactory().createSocket(client, null, client.getPort(),
                    true)) {
                tls.setUseClientMode(false);
                tls.getInputStream().read();
                tls.getOutputStream().write("-NOAUTH\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        })) {
            check(upstream, PING, verified());
            target.await("failed: expected \"+PONG\", got \"-NOAUTH\\r\\n\"");
        }
    }

    @Test
    void aRequestIsAskedWithinIt() throws Exception {
        HttpProbe probe = new HttpProbe("/", Optional.empty(), OptionalInt.empty(), "GET",
                List.of(new StatusRange(200, 200)));
        try (TestingUpstream upstream = TestingUpstream
                .start(client -> answer(client, "HTTP/1.1 200 OK\r\n\r\n", false))) {
            check(upstream, probe, verified());
            target.await("passed");
        }
    }

    @Test
    void aCertificateIsShownToThoseThatDemandOne() throws Exception {
        Path file = authority.certificate("check", "dns:proxy.example");
        Identity identity = Identity.of(PemFile.read(file).certificates(),
                PemFile.read(Path.of(file.toString().replace(".pem", ".key"))).key());
        TlsProbe tls = new TlsProbe(Optional.of("other.example"), true, CertificateFile.read(authority.pem("ca")), true,
                identity, StartTls.NONE, List.of(), List.of());
        try (TestingUpstream upstream = TestingUpstream.start(client -> answer(client, "+PONG\r\n", true))) {
            check(upstream, PING, tls);
            target.await("passed");
        }
    }

    @Test
    void postgresIsAskedForIt() throws Exception {
        TlsProbe tls = new TlsProbe(Optional.of("db.example"), true, CertificateFile.read(authority.pem("ca")), false,
                null, StartTls.POSTGRES, List.of(), List.of());
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().readNBytes(8);
            client.getOutputStream().write('S');
            try (SSLSocket socket = (SSLSocket) server.getSocketFactory().createSocket(client, null, client.getPort(),
                    true)) {
                socket.setUseClientMode(false);
                socket.getInputStream().readAllBytes();
            }
        })) {
            check(upstream, tls, tls);
            target.await("passed");
        }
    }

    @Test
    void aServerOfPostgresWithoutItFails() throws Exception {
        TlsProbe tls = new TlsProbe(Optional.empty(), false, List.of(), true, null, StartTls.POSTGRES, List.of(),
                List.of());
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().readNBytes(8);
            client.getOutputStream().write('N');
            client.getInputStream().readAllBytes();
        })) {
            check(upstream, tls, tls);
            target.await("failed: start-tls-refused: the endpoint has no TLS");
        }
    }
}
