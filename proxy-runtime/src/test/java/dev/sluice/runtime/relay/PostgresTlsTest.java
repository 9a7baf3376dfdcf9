package dev.sluice.runtime.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** TLS that is asked for as PostgreSQL does, on both sides of the proxy. */
class PostgresTlsTest {
    private static final byte[] SSL_REQUEST = HexFormat.of().parseHex("0000000804d2162f");
    private static final byte[] GSS_REQUEST = HexFormat.of().parseHex("0000000804d21630");

    private static Path site;
    private static Path authorityFile;
    private static SSLContext server;
    private static SSLContext trusting;

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        authorityFile = authority.pem("ca");
        site = authority.certificate("site", "dns:db.example");
        server = authority.server("db", "dns:db.internal");
        trusting = authority.client();
    }

    private static String listener() {
        return "tls: { startTls: postgres, certificates: [ { certificate: " + site + ", key: "
                + site.toString().replace(".pem", ".key") + " } ] }";
    }

    private static TestingProxy toClients(TestingUpstream upstream) {
        return TestingProxy.builder().listener(listener()).endpoint(upstream).start();
    }

    private static SSLSocket secure(TestingClient client) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(client.socket(), "db.example", 5432,
                true);
        socket.startHandshake();
        return socket;
    }

    private static void roundTrip(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("query".getBytes(StandardCharsets.US_ASCII));
        assertArrayEquals("query".getBytes(StandardCharsets.US_ASCII),
                socket.getInputStream().readNBytes(5));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientAsksForIt(boolean dribbles) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = toClients(upstream);
                TestingClient client = proxy.connect()) {
            // As libpq does where Kerberos is there.
            client.send(GSS_REQUEST);
            assertEquals('N', client.read(1)[0]);
            for (int i = 0; dribbles && i < 7; i++) {
                client.send(new byte[]{SSL_REQUEST[i]});
            }
            client.send(dribbles ? new byte[]{SSL_REQUEST[7]} : SSL_REQUEST);
            assertEquals('S', client.read(1)[0]);
            roundTrip(secure(client));
        }
    }

    @Test
    void aClientMayBeginWithTheHandshake() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = toClients(upstream);
                TestingClient client = proxy.connect()) {
            SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(client.socket(), "db.example", 5432,
                    true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[]{"postgresql"});
            socket.setSSLParameters(parameters);
            roundTrip(socket);
            assertEquals("postgresql", socket.getApplicationProtocol());
        }
    }

    @Test
    void bytesBeforeTheAnswerEndTheConnection() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = toClients(upstream);
                TestingClient client = proxy.connect()) {
            client.send(HexFormat.of().parseHex("0000000804d2162f510000000c73656c656374"));
            assertEquals(0, client.readAll().length);
            client.close();
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_FAILED, 1);
            assertEquals(0, upstream.accepted());
        }
    }

    @Test
    void aSessionWithoutTlsIsRefusedWithAnError() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = toClients(upstream);
                TestingClient client = proxy.connect()) {
            client.send(HexFormat.of().parseHex("0000001100030000757365720061000000"));
            byte[] answer = client.readAll();
            assertEquals('E', answer[0]);
            client.close();
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_FAILED, 1);
            assertEquals(0, upstream.accepted());
        }
    }

    /** A server that answers SSLRequest with some bytes, and speaks TLS then. */
    private static TestingUpstream endpoint(String answer) {
        return TestingUpstream.start(socket -> {
            InputStream in = socket.getInputStream();
            assertArrayEquals(SSL_REQUEST, in.readNBytes(8));
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            serve(socket);
        });
    }

    private static void serve(Socket socket) throws IOException {
        try (SSLSocket tls = (SSLSocket) server.getSocketFactory().createSocket(socket, null, socket.getPort(), true)) {
            tls.setUseClientMode(false);
            tls.getInputStream().transferTo(tls.getOutputStream());
            tls.shutdownOutput();
        }
    }

    private static TestingProxy toEndpoint(TestingUpstream... upstreams) {
        TestingProxy.Builder builder = TestingProxy.builder()
                .cluster("tls: { startTls: postgres, serverName: db.internal, ca: " + authorityFile + " }");
        for (TestingUpstream upstream : upstreams) {
            builder.endpoint(upstream);
        }
        return builder.start();
    }

    @Test
    void theEndpointIsAskedForIt() throws Exception {
        try (TestingUpstream upstream = endpoint("S");
                TestingProxy proxy = toEndpoint(upstream);
                TestingClient client = proxy.connect()) {
            assertEquals("query", client.roundTrip("query"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"N", "E", "SX"})
    void anEndpointThatRefusesIsNotSpokenTo(String answer) throws Exception {
        try (TestingUpstream upstream = endpoint(answer);
                TestingProxy proxy = toEndpoint(upstream);
                TestingClient client = proxy.connect()) {
            client.sendUnlessReset("secret");
            assertEquals(TestingClient.End.RESET, client.end());
            proxy.awaitClosed(CloseReason.UPSTREAM_TLS_FAILED, 1);
        }
    }
}
