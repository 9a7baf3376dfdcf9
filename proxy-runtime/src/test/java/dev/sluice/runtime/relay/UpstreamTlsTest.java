package dev.sluice.runtime.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.TestingEngine;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Connections whose TLS to the endpoint begins at the proxy, with servers of the JDK. */
class UpstreamTlsTest {
    private static Path authorityFile;
    private static Path otherAuthorityFile;
    private static Path clientFile;
    private static Path siteFile;
    private static SSLContext server;
    private static SSLContext expired;
    private static SSLContext trusting;

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        TestingAuthority other = new TestingAuthority(directory, "other");
        authorityFile = authority.pem("ca");
        otherAuthorityFile = other.pem("ca");
        server = authority.server("db", "dns:db.internal,dns:*.pass.internal");
        expired = authority.server("old", "dns:db.internal", "-startdate", "-10d", "-validity", "5");
        clientFile = authority.certificate("client", "dns:proxy.internal");
        siteFile = authority.certificate("site", "dns:x.pass.internal");
        trusting = authority.client();
    }

    /** A script on a connection whose TLS handshake is done. */
    private interface TlsScript {
        void serve(SSLSocket socket) throws IOException;
    }

    private static TestingUpstream tls(SSLContext context, String version, TlsScript script) {
        return TestingUpstream.start(socket -> serve(context, version, socket, script));
    }

    private static void serve(SSLContext context, String version, Socket socket, TlsScript script)
            throws IOException {
        try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(),
                true)) {
            tls.setUseClientMode(false);
            tls.setEnabledProtocols(new String[]{version});
            script.serve(tls);
        }
    }

    private static void echo(SSLSocket tls) throws IOException {
        tls.getInputStream().transferTo(tls.getOutputStream());
        tls.shutdownOutput();
    }

    private static String cluster(String more) {
        return "tls: { serverName: db.internal, ca: " + authorityFile + more + " }";
    }

    private static TestingProxy proxy(TestingUpstream upstream, String cluster) {
        return TestingProxy.builder().cluster(cluster).endpoint(upstream).start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bytesArePassedOnInIt(String version) throws Exception {
        try (TestingUpstream upstream = tls(server, version, UpstreamTlsTest::echo);
                TestingProxy proxy = proxy(upstream, cluster(""))) {
            for (int i = 0; i < 3; i++) {
                try (TestingClient client = proxy.connect()) {
                    assertEquals("hello", client.roundTrip("hello"));
                    assertEquals("again", client.roundTrip("again"));
                    client.finish();
                    assertEquals(0, client.readAll().length);
                }
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void muchIsPassedOnBothWays(String version) throws Exception {
        byte[] much = new byte[5_000_000];
        new Random(5).nextBytes(much);
        try (TestingUpstream upstream = tls(server, version, UpstreamTlsTest::echo);
                TestingProxy proxy = proxy(upstream, cluster(""));
                Socket client = proxy.connect().socket()) {
            client.setSoTimeout((int) Await.PATIENCE.toMillis());
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(much);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertArrayEquals(much, client.getInputStream().readNBytes(much.length));
            sender.join();
            assertEquals(-1, client.getInputStream().read());
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    /** A client whose endpoint cannot be reached. */
    private static void refused(TestingProxy proxy, CloseReason reason) throws Exception {
        try (TestingClient client = proxy.connect()) {
            assertEquals(TestingClient.End.RESET, client.end());
        }
        proxy.awaitClosed(reason, 1);
    }

    @Test
    void theCertificateHasToHaveTheName() throws Exception {
        try (TestingUpstream upstream = tls(server, "TLSv1.3", UpstreamTlsTest::echo);
                TestingProxy proxy = proxy(upstream,
                        "tls: { serverName: other.internal, ca: " + authorityFile + " }")) {
            refused(proxy, CloseReason.UPSTREAM_TLS_FAILED);
        }
    }

    @Test
    void theAuthorityHasToBeTrusted() throws Exception {
        try (TestingUpstream upstream = tls(server, "TLSv1.3", UpstreamTlsTest::echo);
                TestingProxy proxy = proxy(upstream,
                        "tls: { serverName: db.internal, ca: " + otherAuthorityFile + " }")) {
            refused(proxy, CloseReason.UPSTREAM_TLS_FAILED);
        }
    }

    @Test
    void theCertificateHasToBeInDate() throws Exception {
        try (TestingUpstream upstream = tls(expired, "TLSv1.2", UpstreamTlsTest::echo);
                TestingProxy proxy = proxy(upstream, cluster(""))) {
            refused(proxy, CloseReason.UPSTREAM_TLS_FAILED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{ verify: chain, serverName: other.internal, ca: CA }", "{ verify: none }"})
    void lessVerificationHasToBeWritten(String tls) throws Exception {
        try (TestingUpstream upstream = tls(server, "TLSv1.3", UpstreamTlsTest::echo);
                TestingProxy proxy = proxy(upstream, "tls: " + tls.replace("CA", authorityFile.toString()));
                TestingClient client = proxy.connect()) {
            assertEquals("hello", client.roundTrip("hello"));
        }
    }

    /** An endpoint whose handshake fails is one that could not be reached: the client gets the next one. */
    @Test
    void theNextEndpointIsTried() throws Exception {
        try (TestingUpstream wrong = tls(expired, "TLSv1.3", UpstreamTlsTest::echo);
                TestingUpstream plain = TestingUpstream.start(socket -> {
                    socket.getOutputStream().write("220 ready\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().readAllBytes();
                });
                TestingUpstream right = tls(server, "TLSv1.3", UpstreamTlsTest::echo);
                TestingProxy proxy = TestingProxy.builder().cluster(cluster("")).endpoint(wrong).endpoint(plain)
                        .endpoint(right).start()) {
            for (int i = 0; i < 4; i++) {
                try (TestingClient client = proxy.connect()) {
                    assertEquals("hello", client.roundTrip("hello"));
                }
            }
            assertEquals(4, right.accepted());
        }
    }

    @Test
    void anEndpointThatSaysNothingIsGivenUpInTime() throws Exception {
        try (TestingUpstream silent = TestingUpstream.start(socket -> socket.getInputStream().readAllBytes());
                TestingUpstream right = tls(server, "TLSv1.3", UpstreamTlsTest::echo);
                TestingProxy proxy = TestingProxy.builder().cluster("timeouts: { connect: 300ms }").cluster(cluster(""))
                        .endpoint(silent).endpoint(right).start();
                TestingClient client = proxy.connect()) {
            assertEquals("hello", client.roundTrip("hello"));
        }
        try (TestingUpstream silent = TestingUpstream.start(socket -> socket.getInputStream().readAllBytes());
                TestingProxy proxy = TestingProxy.builder().cluster("timeouts: { connect: 100ms }").cluster(cluster(""))
                        .endpoint(silent).start()) {
            refused(proxy, CloseReason.UPSTREAM_TLS_TIMEOUT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void theProxyShowsItsCertificate(String version) throws Exception {
        BlockingQueue<String> shown = new LinkedBlockingQueue<>();
        try (TestingUpstream upstream = tls(server, version, socket -> {
            socket.setNeedClientAuth(true);
            socket.startHandshake();
            shown.add(((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal()
                    .getName());
            echo(socket);
        });
                TestingProxy proxy = proxy(upstream, cluster(", certificate: " + clientFile + ", key: "
                        + clientFile.toString().replace(".pem", ".key")));
                TestingClient client = proxy.connect()) {
            assertEquals("hello", client.roundTrip("hello"));
            assertEquals("CN=client", shown.poll(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    /** TLS on both sides: the name that the client asks for is passed on, and has to be in the endpoint's certificate. */
    @Test
    void theNameOfTheClientIsPassedOn() throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        try (TestingUpstream upstream = tls(server, "TLSv1.3", socket -> {
            socket.startHandshake();
            for (SNIServerName name : ((ExtendedSSLSession) socket.getSession()).getRequestedServerNames()) {
                asked.add(((SNIHostName) name).getAsciiName());
            }
            echo(socket);
        });
                TestingProxy proxy = TestingProxy.builder()
                        .listener("tls: { certificates: [ { certificate: " + siteFile + ", key: "
                                + siteFile.toString().replace(".pem", ".key") + " } ] }")
                        .cluster("tls: { sni: pass, ca: " + authorityFile + " }").endpoint(upstream).start();
                SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1",
                        ((java.net.InetSocketAddress) proxy.server().address("edge")).getPort())) {
            client.setSoTimeout((int) Await.PATIENCE.toMillis());
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("x.pass.internal")));
            client.setSSLParameters(parameters);
            client.getOutputStream().write('a');
            assertEquals('a', client.getInputStream().read());
            assertEquals("x.pass.internal", asked.poll(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    /** What a client does not say is no fault of the endpoint, which stays up for those that do. */
    @Test
    void aClientWithoutANameBlamesNobody() throws Exception {
        try (TestingUpstream upstream = tls(server, "TLSv1.3", UpstreamTlsTest::echo);
                TestingProxy proxy = TestingProxy.builder()
                        .listener("tls: { certificates: [ { certificate: " + siteFile + ", key: "
                                + siteFile.toString().replace(".pem", ".key") + " } ] }")
                        .cluster("tls: { sni: pass, ca: " + authorityFile + " }").endpoint(upstream)
                        .start()) {
            int port = ((java.net.InetSocketAddress) proxy.server().address("edge")).getPort();
            for (int i = 0; i < 5; i++) {
                try (SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", port)) {
                    client.setSoTimeout((int) Await.PATIENCE.toMillis());
                    assertThrows(IOException.class, () -> {
                        client.startHandshake();
                        if (client.getInputStream().read() < 0) {
                            throw new IOException("the end");
                        }
                    });
                }
            }
            proxy.awaitClosed(CloseReason.UPSTREAM_TLS_FAILED, 5);
            // A context of its own, which resumes nothing.
            try (SSLSocket client = (SSLSocket) TestingEngine.trusting().getSocketFactory().createSocket("127.0.0.1",
                    port)) {
                client.setSoTimeout((int) Await.PATIENCE.toMillis());
                SSLParameters parameters = client.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName("x.pass.internal")));
                client.setSSLParameters(parameters);
                client.getOutputStream().write('a');
                assertEquals('a', client.getInputStream().read());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sessionsGoOnUnlessThatIsOff(boolean resumption) throws Exception {
        BlockingQueue<Long> made = new LinkedBlockingQueue<>();
        try (TestingUpstream upstream = tls(server, "TLSv1.3", socket -> {
            socket.startHandshake();
            made.add(socket.getSession().getCreationTime());
            echo(socket);
        });
                TestingProxy proxy = TestingProxy.builder().loops(1).cluster(cluster(", resumption: " + resumption))
                        .endpoint(upstream).start()) {
            long first = made(proxy, made);
            // Otherwise two sessions could be of the same age.
            Await.until("another millisecond", () -> System.currentTimeMillis() > first);
            long second = made(proxy, made);
            assertEquals(resumption, first == second);
        }
    }

    /** Makes a connection. @return the time at which the session of its endpoint was made */
    private static long made(TestingProxy proxy, BlockingQueue<Long> made) throws Exception {
        try (TestingClient client = proxy.connect()) {
            assertEquals("hello", client.roundTrip("hello"));
            client.finish();
            assertEquals(TestingClient.End.FIN, client.end());
        }
        return made.take();
    }

    /** A renewed file of authorities holds from the next connection on; what is open goes on. */
    @Test
    void aReloadReadsTheFilesAgain(@TempDir Path directory) throws Exception {
        Path live = Files.copy(otherAuthorityFile, directory.resolve("ca.pem"));
        try (TestingUpstream upstream = tls(server, "TLSv1.3", UpstreamTlsTest::echo)) {
            ProxyConfig config = ProxyConfig.parse("""
                    listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                    clusters:
                      - name: app
                        tls: { serverName: db.internal, ca: %s }
                        endpoints: [ { address: "%s" } ]
                    """.formatted(live, upstream.address()));
            try (ProxyServer proxy = ProxyServer.builder().config(config).start()) {
                try (TestingClient client = TestingClient.connect(proxy, "edge")) {
                    assertEquals(TestingClient.End.RESET, client.end());
                }
                Files.copy(authorityFile, live, StandardCopyOption.REPLACE_EXISTING);
                String report = proxy.reload(config).toText();
                assertTrue(report.contains("the certificates of tls have changed"), report);
                try (TestingClient client = TestingClient.connect(proxy, "edge")) {
                    assertEquals("hello", client.roundTrip("hello"));
                    assertFalse(proxy.reload(config).applied(), "nothing has changed now");
                    assertEquals("again", client.roundTrip("again"));
                }
            }
        }
    }

    /** FIN can be forged; close_notify cannot. */
    @Test
    void anEndWithoutCloseNotifyIsACut() throws Exception {
        for (boolean finishes : new boolean[]{false, true}) {
            try (TestingUpstream upstream = TestingUpstream.start(socket -> {
                SSLSocket tls = (SSLSocket) server.getSocketFactory().createSocket(socket, null, socket.getPort(),
                        false);
                tls.setUseClientMode(false);
                tls.getOutputStream().write("bytes".getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            });
                    TestingProxy proxy = proxy(upstream, cluster(finishes ? ", onTruncation: finish" : ""));
                    TestingClient client = proxy.connect()) {
                assertEquals("bytes", client.readText(5));
                if (finishes) {
                    assertEquals(0, client.readAll().length);
                } else {
                    assertThrows(IOException.class, client::readAll);
                    proxy.awaitClosed(CloseReason.TLS_TRUNCATED, 1);
                }
            }
        }
    }

    /** The PROXY header comes before the handshake, as all who read one expect it. */
    @Test
    void theProxyHeaderComesFirst() throws Exception {
        BlockingQueue<Integer> first = new LinkedBlockingQueue<>();
        try (TestingUpstream upstream = TestingUpstream.start(socket -> {
            InputStream in = socket.getInputStream();
            byte[] header = in.readNBytes(16);
            first.add((int) header[0]);
            in.skipNBytes(((header[14] & 0xff) << 8) | (header[15] & 0xff));
            serve(server, "TLSv1.3", socket, UpstreamTlsTest::echo);
        });
                TestingProxy proxy = TestingProxy.builder().cluster("proxyProtocol: v2").cluster(cluster(""))
                        .endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            assertEquals("hello", client.roundTrip("hello"));
            assertEquals(13, first.poll(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    /** Filters see plaintext; bytes that they have let pass before an endpoint is known wait for the handshake. */
    @ParameterizedTest
    @EnumSource(value = DataAction.class, names = {"DETACH", "CONTINUE"})
    void firstBytesOfFiltersComeAfterIt(DataAction next) throws Exception {
        FilterTraits both = FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM, Direction.UPSTREAM_TO_CLIENT)
                .holds(64, Await.PATIENCE);
        // The one decides before there is an endpoint, the other looks at everything.
        FilterTraits traits = next == DataAction.DETACH ? both.waitedForBeforeRouting() : both;
        TestingFilter filter = new TestingFilter("asking", traits, connection -> new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                if (bytes.length() < 3) {
                    bytes.needAtLeast(3);
                    return DataAction.CONTINUE;
                }
                bytes.forwardAll();
                return next;
            }
        });
        try (TestingUpstream upstream = tls(server, "TLSv1.3", UpstreamTlsTest::echo);
                TestingProxy proxy = TestingProxy.builder().filter(filter).cluster(cluster("")).endpoint(upstream)
                        .start();
                TestingClient client = proxy.connect()) {
            assertEquals("first bytes", client.roundTrip("first bytes"));
            assertEquals("second", client.roundTrip("second"));
            client.finish();
            assertEquals(0, client.readAll().length);
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }
}
