package dev.sluice.runtime.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.sluice.api.Attributes;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.TestingHello;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clients of a listener with TLS that ask for a name in {@code passthrough}: their bytes go on as they are. */
class PassthroughTest {
    private static final String RAW = "a.raw.example";
    private static final byte[] SSL_REQUEST = HexFormat.of().parseHex("0000000804d2162f");

    private static Path site;
    private static SSLContext endpoint;
    private static SSLContext trusting;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        site = authority.certificate("site", "dns:site.example");
        endpoint = authority.server("endpoint", "dns:" + RAW);
        trusting = authority.client();
    }

    private static String tls(String more) {
        return "tls: { passthrough: [ \"*.raw.example\" ], certificates: [ { certificate: " + site + ", key: "
                + site.toString().replace(".pem", ".key") + " } ]" + more + " }";
    }

    private TestingProxy.Builder before(TestingUpstream upstream) {
        return TestingProxy.builder().endpoint(upstream).with("accessLog: { path: \"" + directory.resolve("log")
                + "\", format: text, template: '$tls|$sni|$alpn|$protocol|$tls_version|$detail|$bytes_up' }");
    }

    private String logged() throws IOException {
        Await.until("a line in the access log", () -> Files.exists(directory.resolve("log"))
                && Files.size(directory.resolve("log")) > 0);
        return Files.readString(directory.resolve("log")).strip();
    }

    private static SSLSocket secure(TestingClient client, String name) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(client.socket(), name, 443, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static String talk(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
    }

    private static TestingUpstream speakingTls() {
        return TestingUpstream.start(socket -> {
            try (SSLSocket tls = (SSLSocket) endpoint.getSocketFactory().createSocket(socket, null, socket.getPort(),
                    true)) {
                tls.setUseClientMode(false);
                tls.getInputStream().transferTo(tls.getOutputStream());
            }
        });
    }

    private static byte[] read(Socket socket, int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", unknownName: reject"})
    void oneListenerDoesBoth(String more) throws Exception {
        try (TestingUpstream plain = TestingUpstream.echo();
                TestingUpstream raw = speakingTls();
                TestingProxy proxy = TestingProxy.builder().endpoint(plain).otherCluster("raw", raw)
                        .routes("{ match: { sni: \"*.raw.example\" }, cluster: raw }", "{ cluster: app }")
                        .listener(tls(more)).start()) {
            try (TestingClient client = proxy.connect(); SSLSocket socket = secure(client, "site.example")) {
                assertEquals("hello", talk(socket));
                assertEquals(1, plain.accepted());
            }
            try (TestingClient client = proxy.connect(); SSLSocket socket = secure(client, RAW)) {
                // The client has verified the name in the certificate of the endpoint.
                assertEquals("hello", talk(socket));
                assertEquals(1, raw.accepted());
            }
            try (TestingClient client = proxy.connect()) {
                // Neither passed through nor in a certificate.
                assertThrows(SSLException.class, () -> secure(client, "b.a.raw.example"));
            }
            assertEquals(1, raw.accepted());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16_384})
    void theHelloMayComeByteByByte(int recordSize) throws Exception {
        byte[] message = TestingHello.of(RAW).protocols("h2", "x").message(null);
        byte[] hello = TestingHello.records(message, recordSize);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = before(upstream).listener(tls("")).start()) {
            try (TestingClient client = proxy.connect()) {
                for (byte b : hello) {
                    client.send(new byte[]{b});
                }
                assertArrayEquals(hello, client.read(hello.length));
                assertEquals("more", client.roundTrip("more"));
                client.finish();
                assertEquals(TestingClient.End.FIN, client.end());
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
            assertEquals("passthrough|" + RAW + "|h2,x|tls|-|-|" + (hello.length + 4), logged());
            assertEquals(hello.length + 4, proxy.stats().bytesUp());
        }
    }

    @Test
    void cutAnywhereItIsTheSame() throws Exception {
        byte[] hello = TestingHello.of(RAW).bytes();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(tls("")).start()) {
            for (int at = 1; at < hello.length; at++) {
                try (TestingClient client = proxy.connect()) {
                    client.send(Arrays.copyOf(hello, at));
                    client.send(Arrays.copyOfRange(hello, at, hello.length));
                    assertArrayEquals(hello, client.read(hello.length), "cut at " + at);
                }
            }
            proxy.awaitIdle();
        }
    }

    /** Also with little memory, where reads are short. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void itMayBeLargeAndManyBytesMayFollow(int buffers) throws Exception {
        byte[] hello = TestingHello.records(Arrays.copyOfRange(TestingHello.of(RAW).padded(16_300), 5, 16_300), 4_000);
        byte[] much = new byte[3_000_000];
        new Random(5).nextBytes(much);
        System.arraycopy(hello, 0, much, 0, hello.length);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(tls("")).loops(1)
                        .with("memory: { pool: " + 256 * buffers + "KiB, readBuffer: 64KiB }").start();
                TestingClient client = proxy.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send(much);
                    client.finish();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertArrayEquals(much, client.readAll());
            sender.join();
        }
    }

    @Test
    void itsBulkGoesThroughPipes() throws Exception {
        byte[] hello = TestingHello.of(RAW).bytes();
        byte[] much = new byte[1_000_000];
        try (TestingUpstream upstream = TestingUpstream.start(socket -> {
            read(socket, hello.length);
            for (int i = 0; i < 24; i++) {
                socket.getOutputStream().write(much);
            }
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(tls(""))
                        .with("memory: { pipes: 2MiB }").start();
                TestingClient client = proxy.connect()) {
            client.send(hello);
            assertEquals(24_000_000, client.readAll().length);
            assertEquals(TestingTransport.realHearsResets(), proxy.stats().pipeBytes() > 0);
        }
    }

    @Test
    void aHelloThatIsWrongIsRefused() throws Exception {
        byte[] twice = TestingHello.of(RAW).name("site.example").bytes();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = before(upstream).listener(tls("")).start()) {
            try (TestingClient client = proxy.connect()) {
                client.send(twice);
                byte[] alert = client.readAll();
                assertEquals(21, alert[0]);
                assertEquals(0, upstream.accepted());
            }
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_FAILED, 1);
            assertEquals(
                    "-|-|-|-|-|decode-error: a ClientHello that no client may send: it has two extensions of type 0|0",
                    logged().replace("\\x20", " "));
        }
    }

    @Test
    void whatIsNotTlsIsRefusedAsBefore() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = before(upstream).listener(tls("")).start()) {
            try (TestingClient client = proxy.connect()) {
                client.send("GET / HTTP/1.1\r\n\r\n");
                client.readAll();
            }
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_FAILED, 1);
            assertTrue(logged().contains("|not-tls:"), logged());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientMayLeaveInTheMiddle(boolean reset) throws Exception {
        byte[] hello = TestingHello.records(TestingHello.of(RAW).message(null), 50);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(tls("")).start()) {
            TestingClient client = proxy.connect();
            client.send(Arrays.copyOf(hello, hello.length - 1));
            Await.until("bytes are kept", proxy::holdsBytes);
            if (reset) {
                client.reset();
            } else {
                client.close();
            }
            proxy.awaitClosed(reset ? CloseReason.CLIENT_RESET : CloseReason.TLS_HANDSHAKE_FAILED, 1);
            assertEquals(0, upstream.accepted());
        }
    }

    @Test
    void aHelloThatIsNotWholeInTimeEndsTheConnection() throws Exception {
        byte[] hello = TestingHello.of(RAW).bytes();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .listener(tls(", handshake: { deadline: 300ms, max: 2 }")).start();
                TestingClient client = proxy.connect()) {
            client.send(Arrays.copyOf(hello, hello.length - 1));
            assertEquals(TestingClient.End.RESET, client.end());
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_TIMEOUT, 1);
        }
    }

    /** Those that are passed through, or have not said for whom they ask, leave room for others. */
    @Test
    void aPlaceIsTakenForTheDecisionOnly() throws Exception {
        byte[] first = TestingHello.records(TestingHello.of(RAW).message(null), 50);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).loops(1)
                        .listener(tls(", handshake: { max: 1 }")).start();
                TestingClient slow = proxy.connect();
                TestingClient next = proxy.connect()) {
            slow.send(Arrays.copyOf(first, 60));
            Await.until("bytes are kept", proxy::holdsBytes);
            long kept = proxy.stats().stashBytes();
            next.send(first);
            // It is whole, and waits.
            Await.until("more bytes are kept", () -> proxy.stats().stashBytes() > kept);
            assertEquals(0, upstream.accepted());
            slow.send(Arrays.copyOfRange(first, 60, first.length));
            assertArrayEquals(first, slow.read(first.length));
            assertArrayEquals(first, next.read(first.length));
            try (TestingClient third = proxy.connect(); SSLSocket socket = secure(third, "site.example")) {
                assertEquals("hello", talk(socket));
            }
        }
    }

    @Test
    void filtersSeeTheBytesAndKnowTheName() throws Exception {
        byte[] hello = TestingHello.of(RAW).protocols("h2").bytes();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        TestingFilter filter = new TestingFilter("look", FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM)
                .waitedForBeforeRouting(), info -> new ConnectionFilter() {
                    @Override
                    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                        if (bytes.length() < hello.length) {
                            return DataAction.CONTINUE;
                        }
                        seen.add(bytes.getUnsigned(0) + " " + context.get(Attributes.SNI) + " "
                                + context.get(Attributes.ALPN) + " " + context.get(Attributes.PROTOCOL) + " "
                                + context.get(Attributes.TLS_VERSION) + " " + context.get(Attributes.TLS_CIPHER));
                        return DataAction.DETACH;
                    }
                });
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(tls("")).filter(filter)
                        .start();
                TestingClient client = proxy.connect()) {
            for (byte b : hello) {
                client.send(new byte[]{b});
            }
            assertArrayEquals(hello, client.read(hello.length));
            assertEquals("more", client.roundTrip("more"));
            assertEquals(List.of("22 " + RAW + " h2 tls 1.3 null"), List.copyOf(seen));
        }
    }

    @Test
    void aProxyHeaderComesBeforeIt() throws Exception {
        byte[] hello = TestingHello.of(RAW).protocols("h2").bytes();
        String header = "PROXY TCP4 192.0.2.7 198.51.100.1 50123 443\r\n";
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111"));
        expected.writeBytes(new byte[]{0, (byte) (12 + 3 + RAW.length() + 3 + 2)});
        expected.writeBytes(HexFormat.of().parseHex("c0000207c6336401c3cb01bb"));
        expected.writeBytes(new byte[]{2, 0, (byte) RAW.length()});
        expected.writeBytes(RAW.getBytes(StandardCharsets.US_ASCII));
        expected.writeBytes(new byte[]{1, 0, 2, 'h', '2'});
        expected.writeBytes(hello);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(tls(""))
                        .listener("proxyProtocol: { trustedSources: [ 127.0.0.0/8 ] }")
                        .cluster("proxyProtocol: { version: v2, tlvs: [ authority, alpn ] }").start();
                TestingClient client = proxy.connect()) {
            client.send(header);
            client.send(hello);
            byte[] got = client.read(expected.size());
            assertEquals(HexFormat.of().formatHex(expected.toByteArray()), HexFormat.of().formatHex(got));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientOfPostgresMayBePassedThrough(boolean asks) throws Exception {
        byte[] hello = TestingHello.of(RAW).protocols("postgresql").bytes();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(tls(", startTls: postgres"))
                        .start();
                TestingClient client = proxy.connect()) {
            if (asks) {
                client.send(SSL_REQUEST);
                assertEquals('S', client.read(1)[0]);
            }
            client.send(hello);
            // The endpoint gets the hello, and nothing of the question before it.
            assertArrayEquals(hello, client.read(hello.length));
        }
    }

    @Test
    void aClientWithoutANameIsTerminated() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = before(upstream).listener(tls("")).start()) {
            try (TestingClient client = proxy.connect();
                    SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(client.socket(),
                            "127.0.0.1", 443, true)) {
                assertEquals("hello", talk(socket));
            }
            proxy.awaitIdle();
            assertTrue(logged().startsWith("terminated|-|-|tls|TLSv1.3|"), logged());
        }
    }
}
