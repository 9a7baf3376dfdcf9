package dev.sluice.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.sluice.api.Direction;
import dev.sluice.api.testkit.RecordedConnection;
import dev.sluice.api.testkit.Recording;
import dev.sluice.runtime.capture.CaptureBlock;
import dev.sluice.runtime.capture.CaptureControl;
import dev.sluice.runtime.capture.CaptureLayer;
import dev.sluice.runtime.capture.CaptureRequest;
import dev.sluice.runtime.capture.CaptureView;
import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.observe.PipeView;
import dev.sluice.runtime.selection.SelectionParser;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Captures of real connections: what is in the file, and what a capture leaves behind. */
@Timeout(120)
class CaptureTest {
    private static final String PERMITTED = "admin: { listen: \"127.0.0.1:0\", capture: payload }";
    private static final long LARGE = 64 << 20;

    private static Path site;
    private static SSLContext trusting;
    private static SSLContext serving;

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        site = authority.certificate("site", "dns:site.example");
        trusting = authority.client();
        serving = authority.server("endpoint", "dns:a.raw.example");
    }

    private static CaptureControl captures(TestingProxy proxy) {
        return proxy.server().engine().operations().captures();
    }

    private static CaptureRequest order(String where, CaptureLayer layer, boolean payload, long bytes)
            throws Exception {
        return new CaptureRequest(SelectionParser.parse(where, new ConfigUnits()), where, layer, payload, bytes, LARGE,
                TimeUnit.MINUTES.toNanos(1));
    }

    /** Reads a capture that is over, or ends now, to its end. */
    private static byte[] file(CaptureControl captures, long id) {
        captures.stop(id);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        CaptureBlock block;
        do {
            block = captures.read(id, file.size());
            assertNotNull(block);
            file.writeBytes(block.bytes());
            assertEquals(file.size(), block.next());
        } while (!block.last());
        return file.toByteArray();
    }

    private static String text(RecordedConnection connection, Direction direction) {
        return new String(connection.bytes(direction), StandardCharsets.ISO_8859_1);
    }

    @Test
    void bothStreamsOfAConnectionAreInTheFile() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(PERMITTED).endpoint(upstream).start()) {
            CaptureView begun = captures(proxy).start(order("listener=edge", CaptureLayer.PLAIN, true, LARGE));
            try (TestingClient client = proxy.connect()) {
                assertEquals("hello", client.roundTrip("hello"));
                assertEquals("world!", client.roundTrip("world!"));
                client.finish();
                assertEquals(TestingClient.End.FIN, client.end());
            }
            proxy.awaitIdle();
            Recording recording = Recording.of(file(captures(proxy), begun.id()));
            RecordedConnection only = recording.connections().getFirst();
            assertEquals(1, recording.connections().size());
            assertTrue(only.isComplete());
            assertEquals("helloworld!", text(only, Direction.CLIENT_TO_UPSTREAM));
            assertEquals("helloworld!", text(only, Direction.UPSTREAM_TO_CLIENT));
            assertEquals(2, only.parts().stream().filter(RecordedConnection.Part::end).count());
            assertTrue(only.notes().getFirst().contains("listener=edge"), only.notes()::toString);
            assertTrue(only.notes().toString().contains("endpoint=" + upstream.address()), only.notes()::toString);
            assertTrue(only.notes().getLast().startsWith("ended: "), only.notes()::toString);
            assertEquals(List.of(), captures(proxy).list(), "what was read is forgotten");
        }
    }

    @Test
    void withoutPayloadNoByteIsInTheFile() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with("admin: { listen: \"127.0.0.1:0\" }")
                        .endpoint(upstream).start()) {
            assertTrue(assertThrows(CaptureControl.RefusedException.class,
                    () -> captures(proxy).start(order("id>0", CaptureLayer.PLAIN, true, LARGE))).isForbidden());
            CaptureView begun = captures(proxy).start(order("id>0", CaptureLayer.PLAIN, false, LARGE));
            try (TestingClient client = proxy.connect()) {
                client.roundTrip("secret-secret");
            }
            proxy.awaitIdle();
            byte[] file = file(captures(proxy), begun.id());
            assertFalse(new String(file, StandardCharsets.ISO_8859_1).contains("secret"));
            RecordedConnection only = Recording.of(file).connections().getFirst();
            assertFalse(only.isComplete());
            assertArrayEquals(new byte[13], only.bytes(Direction.CLIENT_TO_UPSTREAM));
            assertArrayEquals(new byte[13], only.bytes(Direction.UPSTREAM_TO_CLIENT));
        }
    }

    @Test
    void nothingIsPermittedWhereItIsOff() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with("admin: { listen: \"127.0.0.1:0\", capture: off }")
                        .endpoint(upstream)
                        .start()) {
            CaptureControl.RefusedException refused = assertThrows(CaptureControl.RefusedException.class,
                    () -> captures(proxy).start(order("id>0", CaptureLayer.PLAIN, false, LARGE)));
            assertTrue(String.valueOf(refused.getMessage()).contains("admin.capture"));
        }
    }

    /** Within a second, on the loops. */
    @Test
    void reloadThatForbidsThemEndsThem(@TempDir Path directory) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            String yaml = PERMITTED + "\nlisteners: [ { name: edge, listen: \"127.0.0.1:0\", cluster: app } ]\n"
                    + "clusters: [ { name: app, endpoints: [ { address: \"" + upstream.address() + "\" } ] } ]\n";
            Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml);
            try (ProxyServer server = ProxyServer.builder().config(file).start()) {
                CaptureControl captures = server.engine().operations().captures();
                captures.start(order("id>0", CaptureLayer.PLAIN, true, LARGE));
                captures.start(order("id>0", CaptureLayer.PLAIN, false, LARGE));
                Files.writeString(file, yaml.replace("payload", "headers"));
                server.reload();
                Await.equal("state", "forbidden", () -> captures.list().getFirst().state());
                assertEquals("running", captures.list().get(1).state());
                Files.writeString(file, yaml.replace("payload", "off"));
                server.reload();
                Await.equal("state", "forbidden", () -> captures.list().get(1).state());
            }
        }
    }

    /** One that is idle joins, and goes on as before when the capture is over. */
    @Test
    void openConnectionsJoinAndAreLeftAsTheyWere() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(PERMITTED).endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            client.roundTrip("before");
            CaptureView begun = captures(proxy)
                    .start(order("cluster=app and client in 127.0.0.0/8", CaptureLayer.PLAIN, true, LARGE));
            Await.equal("connections", 1L, () -> captures(proxy).list().getFirst().connections());
            client.roundTrip("during");
            RecordedConnection only = Recording.of(file(captures(proxy), begun.id())).connections().getFirst();
            assertEquals("during", text(only, Direction.CLIENT_TO_UPSTREAM));
            assertFalse(only.isComplete());
            assertEquals("after", client.roundTrip("after"));
            // In a second at the latest the sockets are the old ones, which can splice.
            byte[] bulk = new byte[8 << 20];
            Arrays.fill(bulk, (byte) 'b');
            Await.until("bytes pass through pipes", () -> {
                Thread writer = Thread.startVirtualThread(() -> {
                    try {
                        client.send(bulk);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertArrayEquals(bulk, client.read(bulk.length));
                writer.join();
                return !TestingTransport.realHearsResets()
                        || PipeView.sum(proxy.server().engine().view().loops()).movedBytes() > 0;
            });
        }
    }

    @Test
    void theFileIsNoLargerThanWasAskedFor() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(PERMITTED).endpoint(upstream).start()) {
            CaptureView begun = captures(proxy).start(order("id>0", CaptureLayer.PLAIN, true, 20_000));
            try (TestingClient client = proxy.connect()) {
                for (int i = 0; i < 10; i++) {
                    client.roundTrip("x".repeat(1000));
                }
                assertEquals("full", captures(proxy).list().getFirst().state());
                assertEquals("still", client.roundTrip("still"));
            }
            proxy.awaitIdle();
            byte[] file = file(captures(proxy), begun.id());
            assertTrue(file.length > 10_000 && file.length < 21_000, "" + file.length);
            byte[] seen = Recording.of(file).connections().getFirst().bytes(Direction.CLIENT_TO_UPSTREAM);
            assertEquals("x".repeat(seen.length), new String(seen, StandardCharsets.US_ASCII));
        }
    }

    private static String tls() {
        return "tls: { passthrough: [ \"*.raw.example\" ], certificates: [ { certificate: " + site + ", key: "
                + site.toString().replace(".pem", ".key") + " } ] }";
    }

    private static SSLSocket secure(TestingClient client, String name) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(client.socket(), name, 443, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static void talk(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        assertEquals(text, new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII));
    }

    /** Two captures of one connection at a time, one on each side of TLS; one ends before the other. */
    @Test
    void bothSidesOfTlsCanBeSeenAtOnce() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(PERMITTED).listener(tls()).endpoint(upstream)
                        .start()) {
            long plain = captures(proxy).start(order("id>0", CaptureLayer.PLAIN, true, LARGE)).id();
            long wire = captures(proxy).start(order("id>0", CaptureLayer.WIRE, true, LARGE)).id();
            byte[] records;
            try (TestingClient client = proxy.connect(); SSLSocket socket = secure(client, "site.example")) {
                talk(socket, "within");
                records = Recording.of(file(captures(proxy), wire)).connections().getFirst()
                        .bytes(Direction.CLIENT_TO_UPSTREAM);
                talk(socket, "later");
            }
            proxy.awaitIdle();
            assertEquals(0x16, records[0], "a handshake");
            assertFalse(new String(records, StandardCharsets.ISO_8859_1).contains("within"));
            RecordedConnection data = Recording.of(file(captures(proxy), plain)).connections().getFirst();
            assertEquals("withinlater", text(data, Direction.CLIENT_TO_UPSTREAM));
            assertEquals("withinlater", text(data, Direction.UPSTREAM_TO_CLIENT));
            assertTrue(data.isComplete());
        }
    }

    @Test
    void connectionWithTlsJoinsWithinItsRecords() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(PERMITTED).listener(tls()).endpoint(upstream).start();
                TestingClient client = proxy.connect();
                SSLSocket socket = secure(client, "site.example")) {
            talk(socket, "before");
            long id = captures(proxy).start(order("sni=site.example", CaptureLayer.PLAIN, true, LARGE)).id();
            Await.equal("connections", 1L, () -> captures(proxy).list().getFirst().connections());
            talk(socket, "during");
            RecordedConnection data = Recording.of(file(captures(proxy), id)).connections().getFirst();
            assertEquals("during", text(data, Direction.CLIENT_TO_UPSTREAM));
            assertTrue(data.notes().getFirst().contains("tls=TLSv1.3"), data.notes()::toString);
            talk(socket, "after");
        }
    }

    /** Its bytes are records for the proxy, too: they are all there is. */
    @Test
    void whatIsPassedThroughIsSeenFromTheFirstByte() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(socket -> {
            try (SSLSocket tls = (SSLSocket) serving.getSocketFactory().createSocket(socket, null, socket.getPort(),
                    true)) {
                tls.setUseClientMode(false);
                tls.getInputStream().transferTo(tls.getOutputStream());
            }
        }); TestingProxy proxy = TestingProxy.builder().with(PERMITTED).listener(tls()).endpoint(upstream).start()) {
            long id = captures(proxy).start(order("listener=edge", CaptureLayer.PLAIN, true, LARGE)).id();
            try (TestingClient client = proxy.connect(); SSLSocket socket = secure(client, "a.raw.example")) {
                talk(socket, "sealed");
            }
            proxy.awaitIdle();
            RecordedConnection data = Recording.of(file(captures(proxy), id)).connections().getFirst();
            byte[] hello = data.bytes(Direction.CLIENT_TO_UPSTREAM);
            assertEquals(0x16, hello[0]);
            assertTrue(new String(hello, StandardCharsets.ISO_8859_1).contains("a.raw.example"));
            assertTrue(data.isComplete());
        }
    }

    @Test
    void aHeaderOfTheProxyProtocolIsNoPartOfTheClientsStream() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(PERMITTED)
                        .listener("proxyProtocol: { trustedSources: [ 127.0.0.0/8 ] }").endpoint(upstream).start()) {
            long plain = captures(proxy).start(order("client=192.0.2.7", CaptureLayer.PLAIN, true, LARGE)).id();
            try (TestingClient client = proxy.connect()) {
                client.send("PROXY TCP4 192.0.2.7 192.0.2.8 4711 443\r\n");
                client.roundTrip("hello");
            }
            proxy.awaitIdle();
            RecordedConnection data = Recording.of(file(captures(proxy), plain)).connections().getFirst();
            assertEquals("hello", text(data, Direction.CLIENT_TO_UPSTREAM));
            assertTrue(data.notes().getFirst().contains("192.0.2.7"), data.notes()::toString);
        }
    }

    @Test
    void onlyAFewRunAtOneTime() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with(PERMITTED).endpoint(upstream).start()) {
            for (int i = 0; i < 4; i++) {
                captures(proxy).start(order("id>0", CaptureLayer.PLAIN, false, LARGE));
            }
            assertFalse(assertThrows(CaptureControl.RefusedException.class,
                    () -> captures(proxy).start(order("id>0", CaptureLayer.PLAIN, false, LARGE))).isForbidden());
            captures(proxy).stop(2);
            captures(proxy).start(order("id>0", CaptureLayer.PLAIN, false, LARGE));
            assertEquals("stopped", captures(proxy).list().get(1).state(), "it can still be read");
        }
    }
}
