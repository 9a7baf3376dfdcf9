package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingSilentEndpoint;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults 5, 6 and 8: resets in mid-stream, while nothing is read, and over unread input. */
class ResetFaultsTest {
    private static final int MANY = FaultSize.of(1_000, 100_000);

    @Test
    void everyResetOfAClientIsAResetForTheUpstream() throws Exception {
        AtomicInteger resets = new AtomicInteger();
        AtomicInteger fins = new AtomicInteger();
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getOutputStream().write('x');
            try {
                client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                fins.incrementAndGet();
            } catch (SocketException reset) {
                resets.incrementAndGet();
            }
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            for (int i = 0; i < MANY; i++) {
                TestingClient client = proxy.connect();
                client.read(1);
                client.send("partial");
                client.reset();
            }
            proxy.awaitClosed(CloseReason.CLIENT_RESET, MANY);
            Await.equal("ends seen by the upstream", MANY, () -> resets.get() + fins.get());
            assertEquals(MANY, resets.get());
        }
    }

    @Test
    void everyResetOfAnUpstreamIsAResetForTheClient() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getOutputStream().write("partial".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            client.getInputStream().read();
            client.setSoLinger(true, 0);
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            for (int i = 0; i < MANY; i++) {
                try (TestingClient client = proxy.connect()) {
                    client.readText(7);
                    client.send("x");
                    assertEquals(End.RESET, client.end());
                }
            }
            proxy.awaitClosed(CloseReason.UPSTREAM_RESET, MANY);
        }
    }

    /** A side that is not read cannot be heard on this transport; the deadline of what waits for it ends the relay. */
    @Test
    void resetsWhileNothingIsReadLeaveNothingBehind() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            try {
                client.getOutputStream().write(new byte[50_000_000]);
            } catch (SocketException reset) {
                over.countDown();
            }
        });
                TestingProxy proxy = TestingProxy.builder()
                        .listener("timeouts: { writeStall: 1s, halfClosed: 1s, idle: 1s }")
                        .endpoint(upstream).start()) {
            List<TestingClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(proxy.connect());
            }
            Await.until("all readers to be stalled",
                    () -> proxy.holdsBytes()
                            && proxy.stats().connectionsActive() == 20);
            for (TestingClient client : clients) {
                client.reset();
            }
            proxy.awaitIdle();
            assertEquals(0, proxy.stats().buffersBorrowed());
            assertEquals(0, proxy.stats().stashBytes());
            over.await();
        }
    }

    @Test
    void resetsOfHalfClosedConnectionsLeaveNothingBehind() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().readAllBytes();
            try {
                over.await();
                client.getOutputStream().write(new byte[1_000_000]);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { halfClosed: 1s }").endpoint(upstream)
                        .start()) {
            List<TestingClient> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                TestingClient client = proxy.connect();
                client.finish();
                clients.add(client);
            }
            for (TestingClient client : clients) {
                client.reset();
            }
            proxy.awaitIdle();
            over.countDown();
        }
    }

    /** The upstream says its last words and closes although the client has sent more than was read. */
    @Test
    void lastWordsArriveOverUnreadInput() throws Exception {
        byte[] lastWords = new byte[2_000];
        CountDownLatch said = new CountDownLatch(MANY);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().read();
            client.getOutputStream().write(lastWords);
            client.shutdownOutput();
            said.countDown();
            // The client's FIN comes at the end of what it sends, all of which is dropped here.
            client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            for (int i = 0; i < MANY; i++) {
                try (TestingClient client = proxy.connect()) {
                    client.send(new byte[10_000]);
                    assertEquals(lastWords.length, client.readAll().length);
                    client.finish();
                } catch (IOException e) {
                    throw new AssertionError("connection " + i, e);
                }
            }
            said.await();
            proxy.awaitClosed(CloseReason.UPSTREAM_FINISHED, MANY);
            assertTrue(proxy.stats().bytesUp() >= MANY * 10_000L);
        }
    }

    /** A client that has sent FIN and then resets wants no more; the endpoint must not be read to no purpose. */
    @Test
    void anEndpointWhoseClientIsGoneIsCutSoon() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        AtomicInteger megabytes = new AtomicInteger();
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().readAllBytes();
            byte[] megabyte = new byte[1 << 20];
            try {
                while (true) {
                    client.getOutputStream().write(megabyte);
                    megabytes.incrementAndGet();
                }
            } catch (SocketException reset) {
                cut.countDown();
            }
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            TestingClient client = proxy.connect();
            client.finish();
            client.read(100_000);
            client.reset();
            cut.await();
            // Kernel buffers hold some; at line rate for the five seconds of lingering it would be thousands.
            assertTrue(megabytes.get() < 100, () -> megabytes.get() + " MB were read and dropped");
            proxy.awaitClosed(CloseReason.CLIENT_RESET, 1);
        }
    }

    @Test
    void aConnectionClosedWhileItConnectsIsCountedAsFailed() throws Exception {
        try (TestingSilentEndpoint silent = new TestingSilentEndpoint();
                TestingProxy proxy = TestingProxy.builder().endpoint(silent.address()).start();
                TestingClient client = proxy.connect()) {
            Await.equal("open connections", 1, () -> proxy.stats().connectionsActive());
            assertEquals(1, proxy.server().drain(java.time.Duration.ZERO).cut());
            assertEquals(End.RESET, client.end());
            proxy.awaitClosed(CloseReason.DRAIN_DEADLINE, 1);
        }
    }
}
