package dev.sluice.runtime.relay;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RelayTest {
    private static byte[] randomBytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bytesGoBothWaysAndNoBufferIsOwnedBetweenThem() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            try (TestingClient client = proxy.connect()) {
                for (int i = 0; i < 100; i++) {
                    assertEquals("hello " + i, client.roundTrip("hello " + i));
                }
                Await.equal("buffers borrowed", 0L, () -> proxy.stats().buffersBorrowed());
                assertEquals(1, proxy.stats().connectionsActive());
                assertTrue(proxy.stats().buffersBorrowedPeak() >= 1);
            }
            proxy.awaitIdle();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void relaysOverBothFamilies(String host) throws Exception {
        String listen = host.contains(":") ? "[" + host + "]:0" : host + ":0";
        try (TestingUpstream upstream = TestingUpstream.start(host, 0, TestingUpstream::echo);
                TestingProxy proxy = TestingProxy.builder().listen(listen).endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            assertEquals("ping", client.roundTrip("ping"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1024, 65_536, 65_537, 3_000_000})
    void everyByteArrivesInOrder(int size) throws Exception {
        byte[] sent = randomBytes(size, size);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send(sent);
                    client.finish();
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertArrayEquals(sent, client.readAll());
            sender.join();
            proxy.awaitIdle();
            assertEquals(size, proxy.stats().bytesUp());
            assertEquals(size, proxy.stats().bytesDown());
        }
    }

    @Test
    void aSlowReaderHoldsAtMostOneBufferAndTheSenderWaits() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        byte[] sent = randomBytes(20_000_000, 5);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            try (OutputStream out = client.getOutputStream()) {
                out.write(sent);
            }
        }); TestingProxy proxy = TestingProxy.before(upstream); TestingClient client = proxy.connect()) {
            Thread release = Thread.ofVirtual().start(() -> {
                Await.until("the proxy to hold something",
                        proxy::holdsBytes);
                read.countDown();
            });
            read.await();
            assertTrue(
                    proxy.stats().stashBytes() <= 64 * 1024
                            && proxy.stats().buffersBorrowed() + proxy.stats().pipesBorrowed() <= 1,
                    () -> "held " + proxy.stats());
            assertArrayEquals(sent, client.readAll());
            release.join();
        }
    }

    @Test
    void finFromTheClientReachesTheUpstreamAndTheAnswerStillComes() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            byte[] question = client.getInputStream().readAllBytes();
            client.getOutputStream().write(question.length);
        }); TestingProxy proxy = TestingProxy.before(upstream); TestingClient client = proxy.connect()) {
            client.send("question");
            client.finish();
            assertArrayEquals(new byte[]{8}, client.readAll());
            proxy.awaitIdle();
        }
    }

    @Test
    void finFromTheUpstreamReachesTheClientWhichMayGoOn() throws Exception {
        byte[] late = randomBytes(100_000, 6);
        CountDownLatch done = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getOutputStream().write('x');
            client.shutdownOutput();
            assertArrayEquals(late, client.getInputStream().readAllBytes());
            done.countDown();
        }); TestingProxy proxy = TestingProxy.before(upstream); TestingClient client = proxy.connect()) {
            assertArrayEquals(new byte[]{'x'}, client.readAll());
            client.send(late);
            client.finish();
            done.await();
            proxy.awaitIdle();
        }
    }

    @Test
    void resetFromTheClientIsAResetForTheUpstream() throws Exception {
        CountDownLatch reset = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            InputStream in = client.getInputStream();
            client.getOutputStream().write('x');
            try {
                while (in.read() >= 0) {
                    // Until the end, which must not look like one.
                }
            } catch (java.net.SocketException e) {
                reset.countDown();
            }
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            TestingClient client = proxy.connect();
            assertEquals("x", client.readText(1));
            client.reset();
            reset.await();
            proxy.awaitIdle();
        }
    }

    @Test
    void resetFromTheUpstreamIsAResetForTheClient() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getOutputStream().write('x');
            assertEquals('y', client.getInputStream().read());
            client.setSoLinger(true, 0);
        }); TestingProxy proxy = TestingProxy.before(upstream); TestingClient client = proxy.connect()) {
            assertEquals("x", client.readText(1));
            client.send("y");
            assertEquals(End.RESET, client.end());
            proxy.awaitIdle();
        }
    }

    /**
     * An HTTP server that responds early: it sends all of its response and closes, while the client is still sending.
     */
    @Test
    void anAnswerThatWasCompleteArrivesAlthoughItsSenderBreaksAfterwards() throws Exception {
        byte[] answer = randomBytes(300_000, 8);
        CountDownLatch answered = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().read();
            client.getOutputStream().write(answer);
            client.shutdownOutput();
            awaitQuietly(answered);
            // Closing with unread input makes the kernel send RST.
        });
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        client.send(new byte[1000]);
                    }
                } catch (java.io.IOException stopped) {
                    // The other side does not want it.
                }
            });
            Await.equal("the answer to have reached the proxy", true, () -> proxy.stats().bytesDown() == answer.length);
            answered.countDown();
            assertArrayEquals(answer, client.readAll());
            client.close();
            sender.join();
            proxy.awaitIdle();
        }
    }

    @Test
    void connectionsOfOneListenerAreBalancedOverTheLoops() throws Exception {
        int count = 1000;
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().loops(4).endpoint(upstream).start()) {
            TestingClient[] clients = new TestingClient[count];
            for (int i = 0; i < count; i++) {
                clients[i] = proxy.connect();
            }
            for (TestingClient client : clients) {
                assertEquals("x", client.roundTrip("x"));
            }
            for (int connections : proxy.stats().connectionsByLoop()) {
                assertTrue(Math.abs(connections - count / 4) <= count / 40,
                        () -> "spread: " + proxy.stats().connectionsByLoop());
            }
            for (TestingClient client : clients) {
                client.close();
            }
            proxy.awaitIdle();
        }
    }

    @Test
    void relaysThroughUnixSockets(@org.junit.jupiter.api.io.TempDir java.nio.file.Path directory) throws Exception {
        java.nio.file.Path path = directory.resolve("edge.sock");
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listen("unix:" + path).endpoint(upstream).start();
                java.nio.channels.SocketChannel client = java.nio.channels.SocketChannel
                        .open(java.net.UnixDomainSocketAddress.of(path))) {
            client.write(java.nio.ByteBuffer.wrap("ping".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            java.nio.ByteBuffer answer = java.nio.ByteBuffer.allocate(4);
            while (answer.hasRemaining()) {
                assertTrue(client.read(answer) > 0);
            }
        }
        assertTrue(java.nio.file.Files.notExists(path), "the socket's file stayed behind");
    }
}
