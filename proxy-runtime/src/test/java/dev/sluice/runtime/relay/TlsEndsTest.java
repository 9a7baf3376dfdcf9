package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.TestingRecordPeer;
import dev.sluice.runtime.tls.jdk.TestingTlsClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ends of connections whose TLS ends at the proxy, each seen from both sides; clients that keep no rules. */
class TlsEndsTest {
    private static Path certificate;

    @BeforeAll
    static void makeCertificate(@TempDir Path directory) throws Exception {
        certificate = new TestingAuthority(directory, "authority").certificate("site", "dns:a.example");
    }

    private static TestingProxy.Builder proxy(TestingUpstream upstream, String more) {
        return TestingProxy.builder().listener("tls: { certificates: [ { certificate: " + certificate + ", key: "
                + certificate.toString().replace(".pem", ".key") + " } ]" + more + " }").endpoint(upstream);
    }

    private static TestingTlsClient client(TestingProxy proxy) throws Exception {
        return new TestingTlsClient("a.example").connect(proxy.server().address("edge"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** An endpoint that notes how a stream ended: FIN, or the exception. */
    private static TestingUpstream noting(AtomicReference<String> end) {
        return TestingUpstream.start(socket -> {
            try {
                String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                end.set("FIN after " + text);
            } catch (SocketException e) {
                end.set("reset");
            }
        });
    }

    @Test
    void closeNotifyIsHalfCloseAndTheAnswerFollows() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(socket -> {
            byte[] all = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(all);
            socket.getOutputStream().write('!');
        }); TestingProxy proxy = proxy(upstream, "").start(); TestingTlsClient client = client(proxy)) {
            // Without FIN: the record alone ends the stream.
            client.write(client.peer().data("request"), client.peer().record(21, 1, 0));
            StringBuilder answer = new StringBuilder();
            TestingRecordPeer.Opened next = client.next();
            while (next.type() == 23) {
                answer.append(new String(next.content(), StandardCharsets.US_ASCII));
                next = client.next();
            }
            assertEquals("request!", answer.toString());
            assertArrayEquals(new byte[]{1, 0}, next.content(), "close_notify comes last");
            assertEquals(-1, client.socket().getInputStream().read());
            client.close();
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    @Test
    void anEndWithoutCloseNotifyIsACut() throws Exception {
        AtomicReference<String> end = new AtomicReference<>();
        try (TestingUpstream upstream = noting(end);
                TestingProxy proxy = proxy(upstream, "").start();
                TestingTlsClient client = client(proxy)) {
            client.write(client.peer().data("half of"));
            client.socket().shutdownOutput();
            proxy.awaitClosed(CloseReason.TLS_TRUNCATED, 1);
            Await.equal("the end of the stream", "reset", end::get);
        }
    }

    @Test
    void anEndWithoutCloseNotifyMayBeAllowed() throws Exception {
        AtomicReference<String> end = new AtomicReference<>();
        try (TestingUpstream upstream = noting(end);
                TestingProxy proxy = proxy(upstream, ", onTruncation: finish").start();
                TestingTlsClient client = client(proxy)) {
            client.write(client.peer().data("all of it"));
            client.socket().shutdownOutput();
            Await.equal("the end of the stream", "FIN after all of it", end::get);
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    @Test
    void aRecordThatDoesNotDecryptGetsItsAlertAndTheEndpointAReset() throws Exception {
        AtomicReference<String> end = new AtomicReference<>();
        try (TestingUpstream upstream = noting(end);
                TestingProxy proxy = proxy(upstream, "").start();
                TestingTlsClient client = client(proxy)) {
            byte[] record = client.peer().data("forged");
            record[9] ^= 1;
            client.write(record);
            TestingRecordPeer.Opened alert = client.next();
            assertEquals(21, alert.type());
            Await.equal("the end of the stream", "reset", end::get);
            // FIN and no reset, which could destroy the alert, also if the client goes on to write.
            client.write(client.peer().data("more"));
            assertEquals(-1, client.socket().getInputStream().read());
            client.write(client.peer().data("and more"));
            client.close();
            proxy.awaitClosed(CloseReason.TLS_RECORD_INVALID, 1);
        }
    }

    @Test
    void aLengthThatNoRecordHasIsRefusedAtOnceAlsoBehindTheHandshake() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy(upstream, ", recordTimeout: 1m").start();
                TestingTlsClient client = new TestingTlsClient("a.example")) {
            client.connectWith(proxy.server().address("edge"),
                    peer -> new byte[][]{{23, 3, 3, (byte) 0xff, (byte) 0xff}});
            try {
                assertEquals(21, client.next().type());
            } catch (IOException end) {
                // Now and then with the JDK's engine: an end without the alert.
                assertEquals("jdk", TestingProxy.Builder.tlsEngine());
            }
            client.close();
            proxy.awaitClosed(CloseReason.TLS_RECORD_INVALID, 1);
        }
    }

    /** Clients that have reset while they waited for time of the loop. */
    @Test
    void aFloodOfHellosLeavesNothingAndCutsNobody() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy(upstream, "").start();
                TestingTlsClient client = client(proxy)) {
            for (int i = 0; i < 150; i++) {
                try (TestingTlsClient one = new TestingTlsClient("a.example")) {
                    one.helloThen(proxy.server().address("edge"), new byte[0]);
                    one.socket().setSoLinger(true, 0);
                }
            }
            client.write(client.peer().data("still"));
            assertEquals("still", new String(client.next().content(), StandardCharsets.US_ASCII));
            Await.equal("resets", 150L, () -> proxy.closed(CloseReason.CLIENT_RESET));
            assertEquals(1, proxy.stats().connectionsActive());
        }
    }

    @Test
    void aFatalAlertOfTheClientIsNamed() throws Exception {
        AtomicReference<String> end = new AtomicReference<>();
        try (TestingUpstream upstream = noting(end);
                TestingProxy proxy = proxy(upstream, "").start();
                TestingTlsClient client = client(proxy)) {
            client.write(client.peer().record(21, 2, 80));
            proxy.awaitClosed(CloseReason.TLS_ALERT_RECEIVED, 1);
            Await.equal("the end of the stream", "reset", end::get);
        }
    }

    @Test
    void aRecordThatIsNotCompletedIsCutInTime() throws Exception {
        AtomicReference<String> end = new AtomicReference<>();
        try (TestingUpstream upstream = noting(end);
                TestingProxy proxy = proxy(upstream, ", recordTimeout: 300ms").start();
                TestingTlsClient client = client(proxy)) {
            byte[] record = client.peer().record(23, new byte[16_000], 0);
            assertThrows(IOException.class, () -> client.dribble(record, () -> {
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                return true;
            }), "each byte comes soon after the one before");
            proxy.awaitClosed(CloseReason.TLS_RECORD_TIMEOUT, 1);
        }
    }

    @Test
    void aClientThatNeverReadsLosesNothingThatItSent() throws Exception {
        int clients = 200;
        java.util.concurrent.atomic.AtomicLong received = new java.util.concurrent.atomic.AtomicLong();
        java.util.concurrent.atomic.AtomicInteger whole = new java.util.concurrent.atomic.AtomicInteger();
        int size = 100_000;
        try (TestingUpstream upstream = TestingUpstream.start(socket -> {
            int length = socket.getInputStream().readAllBytes().length;
            received.addAndGet(length);
            whole.addAndGet(length == size ? 1 : 0);
        }); TestingProxy proxy = proxy(upstream, "").start()) {
            for (int i = 0; i < clients; i++) {
                try (TestingTlsClient client = client(proxy)) {
                    for (int sent = 0; sent < size; sent += 10_000) {
                        client.write(client.peer().record(23, new byte[10_000], 0));
                    }
                    client.write(client.peer().record(21, 1, 0));
                }
            }
            Await.equal("clients whose bytes arrived", clients, whole::get);
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, clients);
        }
    }

    @Test
    void keyUpdatesGoOnWhileBytesFlow() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy(upstream, "").start();
                TestingTlsClient client = client(proxy)) {
            for (int i = 0; i < 50; i++) {
                client.write(client.peer().keyUpdate(i % 2), client.peer().data("round " + i));
                assertArrayEquals(bytes("round " + i), client.next().content());
            }
            client.write(client.peer().record(21, 1, 0));
            assertArrayEquals(new byte[]{1, 0}, client.next().content());
        }
    }

    @Test
    void bytesThatComeWithTheHandshakeAreNotLost() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = proxy(upstream, "").start()) {
            for (int i = 0; i < 50; i++) {
                try (TestingTlsClient client = new TestingTlsClient("a.example")) {
                    client.connectWith(proxy.server().address("edge"), peer -> new byte[][]{peer.data("early "),
                        peer.data("bytes"), peer.record(21, 1, 0)});
                    StringBuilder answer = new StringBuilder();
                    TestingRecordPeer.Opened next = client.next();
                    while (next.type() == 23) {
                        answer.append(new String(next.content(), StandardCharsets.US_ASCII));
                        next = client.next();
                    }
                    assertEquals("early bytes", answer.toString());
                }
            }
            proxy.awaitIdle();
            assertTrue(proxy.closed(CloseReason.CLIENT_FINISHED) == 50, () -> proxy.stats().closed().toString());
        }
    }

    /** A header behind the hello whose length nobody has asked for yet; whatever is borrowed is given back. */
    @Test
    void aLengthBehindTheHelloIsNotTrusted() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = proxy(upstream, "").start()) {
            for (int i = 0; i < 20; i++) {
                try (TestingTlsClient client = new TestingTlsClient("a.example")) {
                    client.helloThen(proxy.server().address("edge"), new byte[]{23, 3, 3, (byte) 0xff, (byte) 0xff});
                    client.socket().getInputStream().readAllBytes();
                } catch (SocketException reset) {
                    // That is an end, too.
                }
            }
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_FAILED, 20);
            assertEquals(0, proxy.stats().buffersBorrowed());
        }
    }

    @Test
    void earlyBytesFitBehindAHeaderForTheEndpoint() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(socket -> {
            byte[] all = socket.getInputStream().readAllBytes();
            int end = new String(all, StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
            socket.getOutputStream().write(all, end, all.length - end);
        });
                TestingProxy proxy = proxy(upstream, "").cluster("proxyProtocol: v1").start();
                TestingTlsClient client = new TestingTlsClient("a.example")) {
            byte[] part = new byte[16_000];
            java.util.Arrays.fill(part, (byte) 'e');
            client.connectWith(proxy.server().address("edge"), peer -> new byte[][]{peer.record(23, part, 0),
                peer.record(23, part, 0), peer.record(23, part, 0), peer.record(23, part, 0), peer.record(21, 1, 0)});
            int received = 0;
            TestingRecordPeer.Opened next = client.next();
            while (next.type() == 23) {
                received += next.content().length;
                next = client.next();
            }
            assertEquals(4 * part.length, received);
        }
    }

    /** The time of a record begins with its first byte, and not before there was a connection. */
    @Test
    void aFirstRecordInPartsIsNotCut() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = proxy(upstream, "").start();
                TestingTlsClient client = new TestingTlsClient("a.example")) {
            byte[][] whole = new byte[1][];
            client.connectWith(proxy.server().address("edge"), peer -> {
                whole[0] = peer.record(23, new byte[5_000], 0);
                return new byte[][]{java.util.Arrays.copyOf(whole[0], 1_000)};
            });
            for (int at = 1_000; at < whole[0].length; at += 1_000) {
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                client.write(java.util.Arrays.copyOfRange(whole[0], at, Math.min(at + 1_000, whole[0].length)));
            }
            assertEquals(5_000, client.next().content().length);
        }
    }

    /** A client that closes after the alert is gone at once, and not when the time to linger is over. */
    @Test
    void aFailedHandshakeIsOverWithItsClient() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { linger: 5m }")
                        .listener("tls: { certificates: [ { certificate: " + certificate + ", key: "
                                + certificate.toString().replace(".pem", ".key") + " } ] }")
                        .endpoint(upstream).start();
                dev.sluice.runtime.testing.TestingClient client = proxy.connect()) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            client.socket().shutdownOutput();
            client.readAll();
            proxy.awaitClosed(CloseReason.TLS_HANDSHAKE_FAILED, 1);
        }
    }
}
