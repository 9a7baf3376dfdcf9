package dev.sluice.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.sluice.api.Attributes;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.TestingEngine;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Facts of TLS sessions: in metrics, admin and attributes, and in the PROXY header that an endpoint gets. */
class TlsFactsTest {
    private static TestingPki root;
    private static Issued site;
    private static Issued billing;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeCertificates() throws Exception {
        root = TestingPki.root("root");
        site = root.issue(new Content("CN=site").names("DNS:site.example"));
        billing = root.issue(new Content("O=Example,CN=billing").names("DNS:billing.example"));
    }

    private String listener(String more) throws Exception {
        site.write(directory, "site");
        Files.writeString(directory.resolve("ca.pem"), TestingPki.pemOf(List.of(root.certificate())));
        return "tls: { certificates: [ { certificate: " + directory + "/site.pem, key: " + directory
                + "/site.key } ]" + more + " }";
    }

    private static TestingUpstream speakingTls(String version) throws Exception {
        return speakingTls(site, version);
    }

    private static TestingUpstream speakingTls(Issued issued, String version) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("key", issued.key(), new char[0], issued.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return TestingUpstream.start(socket -> {
            try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(),
                    true)) {
                tls.setUseClientMode(false);
                tls.setEnabledProtocols(new String[]{version});
                tls.getInputStream().transferTo(tls.getOutputStream());
            }
        });
    }

    private static SSLSocket connect(TestingProxy proxy, String version) throws Exception {
        SSLSocket socket = (SSLSocket) TestingEngine.trusting().getSocketFactory().createSocket("127.0.0.1",
                ((InetSocketAddress) proxy.server().address("edge")).getPort());
        socket.setEnabledProtocols(new String[]{version});
        socket.setSoTimeout((int) Await.PATIENCE.toMillis());
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        assertEquals("hello", new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII));
        return socket;
    }

    private static String ask(TestingProxy proxy, String path) {
        int port = ((InetSocketAddress) proxy.server().adminAddress().orElseThrow()).getPort();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Open connections that keep their secrets only or an engine, of clients and to endpoints. */
    private static String counts(TestingProxy proxy) {
        String metrics = ask(proxy, "/metrics");
        StringBuilder counts = new StringBuilder();
        for (String series : List.of("sluice_tls_connections{kind=\"secrets\",listener=\"edge\"} ",
                "sluice_tls_connections{kind=\"engine\",listener=\"edge\"} ",
                "sluice_upstream_tls_connections{cluster=\"app\",kind=\"secrets\"} ",
                "sluice_upstream_tls_connections{cluster=\"app\",kind=\"engine\"} ",
                "sluice_tls_handshake_seconds_count{listener=\"edge\"} ")) {
            int at = metrics.indexOf(series);
            assertTrue(at >= 0, () -> series + " is not in " + metrics);
            counts.append(metrics.charAt(at + series.length()));
        }
        return counts.toString();
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, 1010, TLS_AES_256_GCM_SHA384", "TLSv1.2, 0101, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"})
    void connectionsAreCounted(String version, String kinds, String suite) throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        TestingFilter filter = new TestingFilter("look", FilterTraits.inspects(Direction.UPSTREAM_TO_CLIENT),
                info -> new ConnectionFilter() {
                    @Override
                    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                        seen.add(context.get(Attributes.UPSTREAM_TLS_VERSION) + " "
                                + context.get(Attributes.UPSTREAM_TLS_CIPHER));
                        return DataAction.DETACH;
                    }
                });
        try (TestingUpstream upstream = speakingTls(version);
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(listener("")).filter(filter)
                        .with("admin: { listen: \"127.0.0.1:0\" }")
                        .cluster("tls: { serverName: site.example, ca: " + directory + "/ca.pem }").start()) {
            // Until the way to the secrets of the JDK's engine has proved itself, engines are kept.
            Await.until("a connection keeps " + kinds, () -> {
                try (SSLSocket client = connect(proxy, version)) {
                    boolean right = counts(proxy).startsWith(kinds);
                    if (right) {
                        String connections = ask(proxy, "/connections");
                        for (String fact : List.of("\"tls\":\"terminated\"", "\"tls_version\":\"" + version + "\"",
                                "\"upstream_tls_version\":\"" + version + "\"",
                                "\"upstream_tls_cipher\":\"" + suite + "\"")) {
                            assertTrue(connections.contains(fact), connections);
                        }
                    }
                    return right;
                } finally {
                    proxy.awaitIdle();
                }
            });
            assertTrue(counts(proxy).startsWith("0000"), () -> counts(proxy));
            assertTrue(counts(proxy).charAt(4) >= '1', () -> counts(proxy));
            assertEquals(Set.of(version.substring(4) + " " + suite), seen);
            String engine = ask(proxy, "/listeners");
            assertTrue(engine.contains("\"tls_engine\":\"jdk\",\"tls_engine_detail\":")
                    || engine.contains("\"tls_engine\":\"boringssl\",\"tls_engine_detail\":\"BoringSSL"), engine);
        }
    }

    /** What an attempt has left is gone before the next, and before the end of the client's connection. */
    @Test
    void noKeysAreLeftOfAnAttempt() throws Exception {
        TestingFilter filter = new TestingFilter("refuse", FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM),
                info -> new ConnectionFilter() {
                    @Override
                    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                        if (bytes.length() == 5) {
                            bytes.forwardAll();
                            return DataAction.CONTINUE;
                        }
                        context.sendLast("no".getBytes(StandardCharsets.US_ASCII));
                        return DataAction.REJECT;
                    }
                });
        Issued foreign = TestingPki.root("elsewhere").issue(new Content("CN=foreign").names("DNS:site.example"));
        try (TestingUpstream wrong = speakingTls(foreign, "TLSv1.3");
                TestingUpstream upstream = speakingTls("TLSv1.3");
                TestingProxy proxy = TestingProxy.builder().endpoint(wrong).endpoint(upstream).listener(listener(""))
                        .with("admin: { listen: \"127.0.0.1:0\" }").filter(filter)
                        .cluster("connectAttempts: 2")
                        .cluster("tls: { serverName: site.example, ca: " + directory + "/ca.pem }").start();
                SSLSocket first = connect(proxy, "TLSv1.3");
                SSLSocket second = connect(proxy, "TLSv1.3")) {
            assertTrue(wrong.accepted() > 0, "the endpoint with the wrong certificate was tried");
            assertEquals(2, sum(counts(proxy), 2));
            first.getOutputStream().write('x');
            assertEquals("no", new String(first.getInputStream().readNBytes(2), StandardCharsets.US_ASCII));
            // The client has not gone yet.
            Await.equal("connections to endpoints with TLS", 1, () -> sum(counts(proxy), 2));
            assertEquals(2, sum(counts(proxy), 0));
            assertEquals(2, proxy.stats().connectionsActive());
        }
    }

    private static int sum(String counts, int at) {
        return counts.charAt(at) - '0' + counts.charAt(at + 1) - '0';
    }

    /** An endpoint that expects a header of version 2, and then sends back what comes. */
    private static TestingUpstream expectingHeader(Set<String> headers) {
        return TestingUpstream.start(socket -> {
            headers.add(header(socket));
            TestingUpstream.echo(socket);
        });
    }

    /** The TLVs of a header, in hexadecimal. */
    private static String header(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] head = in.readNBytes(16);
        byte[] rest = in.readNBytes(((head[14] & 0xff) << 8) | (head[15] & 0xff));
        return HexFormat.of().formatHex(rest, 12, rest.length);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String tlv(int type, String value) {
        return "%02x%04x%s".formatted(type, value.length() / 2, value);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, true, TLS_AES_256_GCM_SHA384", "TLSv1.2, true, ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLSv1.3, false, TLS_AES_256_GCM_SHA384"})
    void theEndpointHearsOfIt(String version, boolean certificate, String suite) throws Exception {
        Set<String> headers = ConcurrentHashMap.newKeySet();
        try (TestingUpstream upstream = expectingHeader(headers);
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .listener(listener(", clientAuth: { mode: request, ca: ca.pem }").replace("ca: ca.pem",
                                "ca: " + directory + "/ca.pem"))
                        // Not each engine asks for certificates.
                        .with("tls: { engine: auto }")
                        .cluster("proxyProtocol: { version: v2, tlvs: [ authority, ssl ] }").start()) {
            TestingMtlsClient client = new TestingMtlsClient(certificate ? billing : null);
            assertEquals("hello", client.talk(proxy.server().address("edge"), version));
            String value = certificate ? "0700000000" : "0100000001";
            value += tlv(0x21, hex(version));
            value += certificate ? tlv(0x22, hex("billing")) : "";
            value += tlv(0x23, hex(suite));
            assertEquals(Set.of(tlv(0x20, value)), headers);
        }
    }

    /** What a load balancer says of its own client's TLS is not what has ended here. */
    @Test
    void anOlderWordOfItIsNotPassedOn() throws Exception {
        Set<String> headers = ConcurrentHashMap.newKeySet();
        String said = tlv(0x20, "0100000001" + tlv(0x21, hex("TLSv1.1")));
        byte[] received = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111"
                + "%04x".formatted(12 + said.length() / 2) + "c0000207c6336401c3cb01bb" + said);
        try (TestingUpstream upstream = expectingHeader(headers);
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(listener(""))
                        .listener("proxyProtocol: { trustedSources: [ 127.0.0.0/8 ] }")
                        .cluster("proxyProtocol: { version: v2, tlvs: [ ssl ] }").start();
                TestingClient client = proxy.connect()) {
            Socket raw = client.socket();
            raw.getOutputStream().write(received);
            try (SSLSocket secure = (SSLSocket) TestingEngine.trusting().getSocketFactory().createSocket(raw,
                    "site.example", 443, true)) {
                secure.getOutputStream().write('a');
                assertEquals('a', secure.getInputStream().read());
                String header = headers.toString();
                assertTrue(header.contains(hex("TLSv1.3")) && !header.contains(hex("TLSv1.1")), header);
            }
        }
    }
}
