package dev.sluice.runtime.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.Attributes;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Promise P6 and faults 45 and 46: PROXY headers of clients and to endpoints, over real sockets. */
class ProxyProtocolTest {
    private static final String TRUSTED = "proxyProtocol: { trustedSources: [ 127.0.0.0/8 ] }";
    private static final String V1 = "PROXY TCP4 192.0.2.7 198.51.100.1 50123 443\r\n";
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

    @TempDir
    private Path directory;

    /** A header of version 2 with this block behind its fixed part. */
    private static byte[] v2(int command, int family, byte[] block) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(SIGNATURE);
        header.write(command);
        header.write(family);
        header.write(block.length >> 8);
        header.write(block.length);
        header.writeBytes(block);
        return header.toByteArray();
    }

    /** 192.0.2.7:50123 to 198.51.100.1:443, and TLVs. */
    private static byte[] v2(String tlvs) {
        return v2(0x21, 0x11, HexFormat.of().parseHex("c0000207c6336401c3cb01bb" + tlvs));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private TestingProxy.Builder logged(TestingUpstream upstream) {
        return TestingProxy.builder().endpoint(upstream)
                .with("accessLog: { path: \"" + directory.resolve("log") + "\", format: text, template: "
                        + "'$client|$peer|$proxied_source|$close_reason|$detail|$proxy_tlvs' }");
    }

    private List<String> log() throws IOException {
        Await.until("a line in the access log", () -> Files.exists(directory.resolve("log"))
                && Files.size(directory.resolve("log")) > 0);
        return Files.readAllLines(directory.resolve("log"));
    }

    @Test
    void nothingOfTheHeaderReachesTheEndpointAndNothingBehindItIsLost() throws Exception {
        for (byte[] header : List.of(bytes(V1), v2(""), bytes("PROXY UNKNOWN\r\n"), v2(0x20, 0, new byte[0]))) {
            try (TestingUpstream upstream = TestingUpstream.echo();
                    TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(TRUSTED).start();
                    TestingClient client = proxy.connect()) {
                client.send(join(header, bytes("hello")));
                assertEquals("hello", client.readText(5));
                assertEquals("again", client.roundTrip("again"));
            }
        }
    }

    @Test
    void anyWayOfCuttingItInPiecesIsTheSame() throws Exception {
        byte[] all = join(v2("02000b" + HexFormat.of().formatHex(bytes("example.com"))), bytes("hello"));
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(TRUSTED).start()) {
            for (int at = 1; at < all.length; at += 3) {
                try (TestingClient client = proxy.connect()) {
                    client.socket().getOutputStream().write(all, 0, at);
                    client.socket().getOutputStream().write(all, at, all.length - at);
                    assertEquals("hello", client.readText(5), "cut at " + at);
                }
            }
            try (TestingClient client = proxy.connect()) {
                for (byte one : all) {
                    client.send(new byte[]{one});
                }
                assertEquals("hello", client.readText(5));
            }
        }
    }

    @Test
    void filtersSeeTheFirstByteBehindItTheAddressAndTheFacts() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        AtomicReference<String> first = new AtomicReference<>();
        TestingFilter filter = new TestingFilter("look",
                FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM),
                connection -> new ConnectionFilter() {
                    @Override
                    public ConnectDecision onConnect(ConnectionContext context) {
                        seen.set(context.source() + " " + context.sourcePort() + " " + context.peer() + " "
                                + context.destination() + " " + context.destinationPort() + " "
                                + context.get(Attributes.PROXY_AUTHORITY) + " "
                                + context.get(Attributes.proxyTlv(0xe4)) + " " + context.get(Attributes.PROXY_ALPN));
                        return ConnectDecision.ACCEPT;
                    }

                    @Override
                    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                        byte[] copy = new byte[bytes.length()];
                        bytes.copyTo(0, copy, 0, copy.length);
                        first.compareAndSet(null, new String(copy, StandardCharsets.ISO_8859_1));
                        bytes.forwardAll();
                        return DataAction.CONTINUE;
                    }
                });
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(TRUSTED).filter(filter).start();
                TestingClient client = proxy.connect()) {
            client.send(join(v2("02000161e40002beef"), bytes("hello")));
            assertEquals("hello", client.readText(5));
            assertEquals("192.0.2.7 50123 127.0.0.1 198.51.100.1 443 a beef null", seen.get());
            assertEquals("hello", first.get());
        }
    }

    @Test
    void logAdminAndMetricsHaveBothAddresses() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logged(upstream).listener(TRUSTED).start()) {
            InetSocketAddress peer;
            try (TestingClient client = proxy.connect()) {
                peer = (InetSocketAddress) client.socket().getLocalSocketAddress();
                client.send(join(v2("02000b" + HexFormat.of().formatHex(bytes("example.com"))
                        + "e10003" + HexFormat.of().formatHex(bytes("a\nb"))), bytes("x")));
                assertEquals("x", client.readText(1));
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
            assertEquals(
                    "192.0.2.7:50123|127.0.0.1:" + peer.getPort()
                            + "|192.0.2.7:50123|client-finished|-|authority=example.com\\x200xe1=610a62",
                    log().getFirst());
        }
    }

    /** Of a header of 16 KiB as well, whatever is in it. */
    @Test
    void theFactsInALineOfTheLogAreBounded() throws Exception {
        String authority = "02" + HexFormat.of().toHexDigits((short) 2048) + "f09f9880".repeat(512);
        String own = "e0" + HexFormat.of().toHexDigits((short) 4096) + "ab".repeat(4096) + "e00000".repeat(3000);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logged(upstream)
                        .listener("proxyProtocol: { trustedSources: [ 127.0.0.0/8 ], maxBytes: 16KiB }").start()) {
            for (String tlvs : List.of(authority, own)) {
                try (TestingClient client = proxy.connect()) {
                    client.send(join(v2(tlvs), bytes("x")));
                    assertEquals("x", client.readText(1));
                }
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 2);
            Await.until("both lines", () -> Files.readAllLines(directory.resolve("log")).size() == 2);
            for (String line : log()) {
                int length = line.length() - line.lastIndexOf('|');
                assertTrue(length > 3900 && length <= 4097, () -> length + " characters");
            }
        }
    }

    /** No byte of a client is lost with it. */
    @Test
    void halfAHeaderDoesNotCountAsCut() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(TRUSTED).start();
                TestingClient half = proxy.connect();
                TestingClient whole = proxy.connect()) {
            half.send(bytes("PROXY TCP4 "));
            whole.send(bytes(V1 + "x"));
            assertEquals("x", whole.readText(1));
            assertEquals(1, proxy.server().drain(Duration.ZERO).cut());
            assertEquals(TestingClient.End.RESET, half.end());
        }
    }

    @Test
    void localAndUnknownAreTheSocketsOwn() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logged(upstream).listener(TRUSTED).start()) {
            try (TestingClient client = proxy.connect()) {
                client.send(join(v2(0x20, 0x11, new byte[12]), bytes("x")));
                assertEquals("x", client.readText(1));
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
            assertTrue(log().getFirst().matches("(127\\.0\\.0\\.1:\\d+)\\|\\1\\|-\\|client-finished\\|-\\|-"),
                    log().getFirst());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 299.168.0.1 1.1.1.1 1 1\r\n", "GET / HTTP/1.1\r\n\r\n", "PROXY  TCP4"})
    void aWrongHeaderIsRefusedWithItsReason(String header) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logged(upstream).listener(TRUSTED).start()) {
            try (TestingClient client = proxy.connect()) {
                client.send(bytes(header));
                assertEquals(TestingClient.End.RESET, client.end());
            }
            proxy.awaitClosed(CloseReason.PROXY_HEADER_INVALID, 1);
            assertEquals(0, upstream.accepted());
            assertTrue(log().getFirst().contains("|proxy-header-invalid|byte"), log().getFirst());
        }
    }

    @Test
    void onlyTrustedPeersAreBelieved() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logged(upstream)
                        .listener("proxyProtocol: { trustedSources: [ 10.0.0.0/8 ] }").start()) {
            try (TestingClient client = proxy.connect()) {
                assertEquals(TestingClient.End.RESET, client.end());
            } catch (SocketException resetAtOnce) {
                // As well.
            }
            proxy.awaitClosed(CloseReason.PROXY_HEADER_INVALID, 1);
            assertEquals(0, upstream.accepted());
            assertTrue(log().getFirst().contains("trustedSources"), log().getFirst());
        }
    }

    @Test
    void aHeaderHasADeadline() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logged(upstream)
                        .listener("proxyProtocol: { trustedSources: [ 127.0.0.1 ], deadline: 50ms }").start()) {
            try (TestingClient client = proxy.connect()) {
                client.send(bytes("PROXY TCP4 "));
                assertEquals(TestingClient.End.RESET, client.end());
            }
            proxy.awaitClosed(CloseReason.PROXY_HEADER_TIMEOUT, 1);
            assertTrue(log().getFirst().contains("only\\x2011\\x20bytes"), log().getFirst());
        }
    }

    @Test
    void aPeerThatLeaves() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(TRUSTED).start()) {
            proxy.connect().close();
            proxy.awaitClosed(CloseReason.CLIENT_SILENT, 1);
            try (TestingClient client = proxy.connect()) {
                client.send(bytes("PROXY"));
                client.finish();
                assertEquals(TestingClient.End.RESET, client.end());
            }
            Await.equal("refused headers", 1L, () -> proxy.closed(CloseReason.PROXY_HEADER_INVALID));
            assertEquals(0, upstream.accepted());
        }
    }

    @Test
    void theBoundOfVersion2() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .listener("proxyProtocol: { trustedSources: [ 127.0.0.1 ], maxBytes: 216 }").start()) {
            String filler = "e0" + HexFormat.of().toHexDigits((short) (216 - 12 - 3)) + "00".repeat(216 - 12 - 3);
            try (TestingClient client = proxy.connect()) {
                client.send(join(v2(filler), bytes("x")));
                assertEquals("x", client.readText(1));
            }
            try (TestingClient client = proxy.connect()) {
                client.send(v2(filler + "040000"));
                assertEquals(TestingClient.End.RESET, client.end());
            }
            Await.equal("refused headers", 1L, () -> proxy.closed(CloseReason.PROXY_HEADER_INVALID));
        }
    }

    /** An endpoint that sends back the bytes of a header and what follows, in hexadecimal digits, when FIN comes. */
    private static TestingUpstream hex() {
        return TestingUpstream.start(client -> {
            byte[] all = client.getInputStream().readAllBytes();
            client.getOutputStream().write(bytes(HexFormat.of().formatHex(all)));
        });
    }

    private static String received(TestingProxy proxy, byte[] sent) throws IOException {
        try (TestingClient client = proxy.connect()) {
            client.send(sent);
            client.finish();
            return new String(HexFormat.of().parseHex(new String(client.readAll(), StandardCharsets.ISO_8859_1)),
                    StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void version1ToTheEndpoint() throws Exception {
        try (TestingUpstream upstream = hex();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).cluster("proxyProtocol: v1").start()) {
            String got = received(proxy, bytes("hello"));
            int port = ((InetSocketAddress) proxy.server().address("edge")).getPort();
            assertTrue(got.matches("PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 \\d+ " + port + "\r\nhello"), got);
        }
    }

    @Test
    void aHeaderThatWasReceivedIsPassedOn() throws Exception {
        try (TestingUpstream upstream = hex();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).listener(TRUSTED)
                        .cluster("proxyProtocol: { version: v2, tlvs: [authority, unique-id, ssl] }").start()) {
            String authority = "020001" + "61";
            String id = "050002" + "00ff";
            String ssl = "20000d" + "01" + "00000000" + "210005" + HexFormat.of().formatHex(bytes("TLS13"));
            assertEquals(new String(join(v2(authority + id + ssl), bytes("hello")), StandardCharsets.ISO_8859_1),
                    received(proxy, join(v2(authority + "e00000" + id + ssl), bytes("hello"))));
            assertEquals(new String(v2(0x20, 0, new byte[0]), StandardCharsets.ISO_8859_1) + "x",
                    received(proxy, join(v2(0x21, 0, new byte[0]), bytes("x"))), "an unknown source stays unknown");
        }
    }

    @Test
    void anEndpointMayDifferFromItsCluster() throws Exception {
        try (TestingUpstream upstream = hex();
                TestingProxy proxy = TestingProxy.builder()
                        .endpoint(upstream.address() + "\", proxyProtocol: \"none").cluster("proxyProtocol: v2")
                        .start()) {
            assertEquals("hello", received(proxy, bytes("hello")));
        }
    }

    /** The server speaks first, so nothing of the client can carry the header. */
    @Test
    void aClientThatWaitsForTheServer() throws Exception {
        AtomicReference<String> header = new AtomicReference<>();
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            header.set(line(client));
            client.getOutputStream().write(bytes("220 ready\r\n"));
            TestingUpstream.echo(client);
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).cluster("proxyProtocol: v1").start();
                TestingClient client = proxy.connect()) {
            assertEquals("220 ready\r\n", client.readText(11));
            assertTrue(String.valueOf(header.get()).startsWith("PROXY TCP4 127.0.0.1 "), header.get());
            assertEquals("EHLO", client.roundTrip("EHLO"));
        }
    }

    private static String line(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c; (c = socket.getInputStream().read()) >= 0 && c != '\n';) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** The bytes that filters have collected before an endpoint was connected follow the header. */
    @Test
    void bytesThatFiltersHaveCollectedFollowTheHeader() throws Exception {
        for (int size : new int[]{1, 1000, 60_000}) {
            TestingFilter filter = new TestingFilter("collect",
                    FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM).waitedForBeforeRouting()
                            .holds(64 * 1024 - 1, Duration.ofSeconds(30)),
                    connection -> new ConnectionFilter() {
                        @Override
                        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                            return bytes.length() < size ? DataAction.CONTINUE : DataAction.DETACH;
                        }
                    });
            try (TestingUpstream upstream = hex();
                    TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter)
                            .cluster("proxyProtocol: v1").start()) {
                String body = "x".repeat(size);
                String got = received(proxy, bytes(body));
                assertTrue(got.startsWith("PROXY TCP4 "), got.substring(0, 20));
                assertEquals(body, got.substring(got.indexOf('\n') + 1));
            }
        }
    }

    @Test
    void aReloadChangesItForNewConnections() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient before = proxy.connect()) {
            assertEquals("a", before.roundTrip("a"));
            String yaml = TestingProxy.builder().endpoint(upstream).listener(TRUSTED).cluster("proxyProtocol: v1")
                    .yaml();
            assertTrue(proxy.server().reload(yaml).applied());
            try (TestingClient after = proxy.connect()) {
                after.send(V1 + "b");
                assertEquals(V1 + "b", after.readText(V1.length() + 1));
            }
            assertEquals("c", before.roundTrip("c"), "what was open goes on as it is");
        }
    }

    @Test
    void aClientThatSendsAndFinishesAtOnce() throws Exception {
        try (TestingUpstream upstream = hex();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).cluster("proxyProtocol: v2").start()) {
            byte[] body = new byte[300_000];
            assertEquals(body.length + 28, received(proxy, body).length());
            assertEquals(28, received(proxy, new byte[0]).length());
        }
    }
}
