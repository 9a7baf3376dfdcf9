package dev.sluice.runtime;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.jdk.TestingTlsClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ends by TLS: the words that say which side it was, and why. */
class TlsReasonsTest {
    private static String listener = "";
    private static String cluster = "";
    private static SSLContext site;

    private final Queue<ConnectionEvent> ends = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        Path certificate = authority.certificate("site", "dns:a.example");
        listener = "tls: { unknownName: reject, certificates: [ { certificate: " + certificate + ", key: "
                + certificate.toString().replace(".pem", ".key") + " } ] }";
        site = authority.server("db", "dns:db.internal");
        cluster = "tls: { serverName: db.internal, ca: " + authority.pem("ca") + " }";
    }

    private ProxyServer serve(TestingProxy.Builder proxy) {
        return ProxyServer.builder().config(proxy.yaml()).events(event -> {
            if (event instanceof ConnectionEvent connection && connection.isEnd()) {
                ends.add(connection);
            }
        }).start();
    }

    private ConnectionEvent end() {
        return Await.value("an end", ends::peek, end -> end != null);
    }

    /** In TLS 1.3 the proxy has finished its handshake when it is refused. */
    @Test
    void anEndpointThatWantsACertificateIsNotTheClientsFault() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(socket -> {
            try (SSLSocket tls = (SSLSocket) site.getSocketFactory().createSocket(socket, null, socket.getPort(),
                    true)) {
                tls.setUseClientMode(false);
                tls.setNeedClientAuth(true);
                tls.startHandshake();
            }
        });
                ProxyServer server = serve(TestingProxy.builder().cluster(cluster).endpoint(upstream));
                TestingClient client = TestingClient.connect(server.address("edge"))) {
            client.send("hello");
            assertThrows(java.io.IOException.class, client::readAll);
            assertEquals(CloseReason.UPSTREAM_TLS_FAILED, end().reason());
            // The JDK's server says bad_certificate where others say certificate_required.
            assertTrue(String.valueOf(end().detail()).startsWith("the endpoint: the peer sent alert "),
                    end()::toString);
        }
    }

    @Test
    void theSideThatWasCutIsNamed() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = serve(TestingProxy.builder().listener(listener).endpoint(upstream));
                TestingTlsClient client = new TestingTlsClient("a.example").connect(server.address("edge"))) {
            client.write(client.peer().data("x"));
            client.next();
            client.socket().shutdownOutput();
            assertEquals(CloseReason.TLS_TRUNCATED, end().reason());
            assertEquals("the client: the stream ended without close_notify; see onTruncation", end().detail());
        }
    }

    @Test
    void aNameThatIsRefusedIsShown() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = serve(TestingProxy.builder().listener(listener).endpoint(upstream));
                TestingTlsClient client = new TestingTlsClient("Other.Example")) {
            client.helloThen(server.address("edge"), new byte[0]);
            InputStream in = client.socket().getInputStream();
            in.readAllBytes();
            client.close();
            assertEquals(CloseReason.TLS_HANDSHAKE_FAILED, end().reason());
            assertTrue(String.valueOf(end().detail()).startsWith("unknown-name: "), end()::toString);
            assertEquals("other.example", end().sni());
        }
    }
}
