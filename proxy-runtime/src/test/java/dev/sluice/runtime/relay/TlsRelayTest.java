package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.health.CertificateFile;
import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Connections whose TLS ends at the proxy, with clients of the JDK. */
class TlsRelayTest {
    private static Path certificate;
    private static SSLContext trusting;

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        certificate = authority.certificate("site", "dns:a.example,dns:*.b.example");
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        java.security.KeyStore known = java.security.KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("ca", CertificateFile.read(authority.pem("ca")).getFirst());
        trust.init(known);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
    }

    private static String tls(String more) {
        return "tls: { certificates: [ { certificate: " + certificate + ", key: "
                + certificate.toString().replace(".pem", ".key") + " } ]" + more + " }";
    }

    private static SSLSocket connect(TestingProxy proxy, String name, String... versions) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1",
                port(proxy));
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (versions.length > 0) {
            parameters.setProtocols(versions);
        }
        socket.setSSLParameters(parameters);
        socket.setSoTimeout((int) Await.PATIENCE.toMillis());
        return socket;
    }

    private static int port(TestingProxy proxy) {
        return ((java.net.InetSocketAddress) proxy.server().address("edge")).getPort();
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String receive(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bytesArePassedOnWithoutIt(String version) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listener(tls("")).endpoint(upstream).start()) {
            try (SSLSocket client = connect(proxy, "a.example", version)) {
                for (int i = 0; i < 10; i++) {
                    send(client, "hello " + i);
                    assertEquals("hello " + i, receive(client, 7));
                }
                assertEquals(version, client.getSession().getProtocol());
                client.shutdownOutput();
                assertEquals(-1, client.getInputStream().read());
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void muchIsPassedOnBothWays(String version) throws Exception {
        byte[] much = new byte[5_000_000];
        new java.util.Random(3).nextBytes(much);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listener(tls("")).endpoint(upstream).start();
                SSLSocket client = connect(proxy, "x.b.example", version)) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(much);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertArrayEquals(much, client.getInputStream().readNBytes(much.length));
            sender.join();
            // The JDK's client does not read on behind its own end in TLS 1.2, so it has read everything before.
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
            assertEquals(much.length, proxy.stats().bytesUp());
            assertEquals(much.length, proxy.stats().bytesDown());
        }
    }

    @Test
    void theEndpointMayEndFirst() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(socket -> {
            socket.getOutputStream().write("bye".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        });
                TestingProxy proxy = TestingProxy.builder().listener(tls("")).endpoint(upstream).start();
                SSLSocket client = connect(proxy, "a.example")) {
            client.startHandshake();
            assertEquals("bye", new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
            client.close();
            proxy.awaitClosed(CloseReason.UPSTREAM_FINISHED, 1);
        }
    }

    @Test
    void whatIsNotTlsIsRefused() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listener(tls("")).endpoint(upstream).start();
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy))) {
            client.setSoTimeout((int) Await.PATIENCE.toMillis());
            send(client, "GET / HTTP/1.1\r\n\r\n");
            byte[] answer = client.getInputStream().readAllBytes();
            assertTrue(answer.length == 0 || answer[0] == 21, "an alert, or nothing");
            client.close();
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_FAILED, 1);
            assertEquals(0, upstream.accepted());
        }
    }

    @Test
    void aClientThatSaysNothingIsGoneByTheDeadline() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listener(tls(", handshake: { deadline: 200ms }"))
                        .endpoint(upstream).start();
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy))) {
            client.setSoTimeout((int) Await.PATIENCE.toMillis());
            assertThrows(IOException.class, () -> {
                if (client.getInputStream().read() < 0) {
                    throw new IOException("closed");
                }
            });
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_TIMEOUT, 1);
        }
    }

    /** With one place, everybody gets a turn; those that dribble take none. */
    @Test
    void handshakesWaitForAPlace() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().loops(1).listener(tls(", handshake: { max: 1 }"))
                        .endpoint(upstream).start();
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), port(proxy))) {
            send(silent, "\u0016\u0003\u0001");
            List<Thread> clients = new ArrayList<>();
            AtomicInteger served = new AtomicInteger();
            for (int i = 0; i < 20; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    try (SSLSocket client = connect(proxy, "a.example")) {
                        send(client, "hello");
                        if (receive(client, 5).equals("hello")) {
                            served.incrementAndGet();
                        }
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertEquals(20, served.get());
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, TLS_CHACHA20_POLY1305_SHA256", "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"})
    void suitesAreThoseThatAreConfigured(String version, String suite) throws Exception {
        String ciphers = ", ciphers: [ TLS_CHACHA20_POLY1305_SHA256, ECDHE-ECDSA-AES256-GCM-SHA384 ]";
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listener(tls(ciphers)).endpoint(upstream).start();
                SSLSocket client = connect(proxy, "a.example", version)) {
            send(client, "hello");
            assertEquals("hello", receive(client, 5));
            assertEquals(suite, client.getSession().getCipherSuite());
        }
    }

    @Test
    void groupsAreThoseThatAreConfigured() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listener(tls(", groups: [ P-384 ]")).endpoint(upstream)
                        .start()) {
            try (SSLSocket client = connect(proxy, "a.example", "TLSv1.3")) {
                groups(client, "x25519", "secp384r1");
                send(client, "hello");
                assertEquals("hello", receive(client, 5));
            }
            try (SSLSocket client = connect(proxy, "a.example", "TLSv1.3")) {
                groups(client, "x25519", "secp256r1");
                assertThrows(IOException.class, client::startHandshake);
            }
        }
    }

    private static void groups(SSLSocket client, String... names) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setNamedGroups(names);
        client.setSSLParameters(parameters);
    }
}
