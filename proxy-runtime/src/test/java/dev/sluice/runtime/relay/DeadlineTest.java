package dev.sluice.runtime.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingSilentEndpoint;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** No state without a deadline: each one is entered, left alone, and ends on time with a reset and its reason. */
class DeadlineTest {
    private static void hold(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private static void assertOnTime(long millis, long deadline) {
        // Late is bounded loosely: what is tested is that the deadline exists and is not early, not how fast this machine is.
        assertTrue(millis >= deadline && millis < deadline + 2_000,
                () -> "closed after " + millis + " ms instead of " + deadline);
    }

    @Test
    void idle() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { idle: 300ms }").endpoint(upstream)
                        .start();
                TestingClient client = proxy.connect()) {
            long last = System.nanoTime();
            for (int i = 0; i < 200; i++) {
                last = System.nanoTime();
                client.roundTrip("x");
            }
            assertEquals(End.RESET, client.end());
            assertOnTime(millisSince(last), 300);
            proxy.awaitClosed(CloseReason.IDLE_TIMEOUT, 1);
        }
    }

    @Test
    void halfClosedByTheClient() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> hold(over));
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { halfClosed: 300ms }")
                        .endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            long start = System.nanoTime();
            client.finish();
            assertEquals(End.RESET, client.end());
            assertOnTime(millisSince(start), 300);
            proxy.awaitClosed(CloseReason.HALF_CLOSED_TIMEOUT, 1);
            over.countDown();
        }
    }

    /** An answer that comes within the deadline arrives whole, in whichever direction. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 700})
    void halfClosedAnswersInTime(int delay) throws Exception {
        int delayMillis = delay == 700 ? FaultSize.of(delay, 59_000) : delay;
        byte[] answer = new byte[100_000];
        CountDownLatch never = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().readAllBytes();
            try {
                assertEquals(false, never.await(delayMillis, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            client.getOutputStream().write(answer);
        });
                TestingProxy proxy = TestingProxy.builder()
                        .listener("timeouts: { halfClosed: " + FaultSize.of(2, 60) + "s }").endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            client.socket().setSoTimeout(0);
            client.finish();
            assertArrayEquals(answer, client.readAll());
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    /** The deadline is for the stream that is still open; what the other one has brought is under way in the kernel and arrives. */
    @Test
    void halfClosedDeadlineLeavesACompleteAnswerAlone() throws Exception {
        byte[] answer = new byte[300_000];
        CountDownLatch over = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getOutputStream().write(answer);
            client.shutdownOutput();
            hold(over);
        });
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { halfClosed: 300ms }")
                        .endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            proxy.awaitClosed(CloseReason.HALF_CLOSED_TIMEOUT, 1);
            assertArrayEquals(answer, client.readAll());
            over.countDown();
        }
    }

    @Test
    void drainDeadlineLeavesACompleteAnswerAlone() throws Exception {
        byte[] answer = new byte[300_000];
        CountDownLatch over = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getOutputStream().write(answer);
            client.shutdownOutput();
            hold(over);
        }); TestingProxy proxy = TestingProxy.before(upstream); TestingClient client = proxy.connect()) {
            Await.equal("the answer to have reached the proxy", (long) answer.length, () -> proxy.stats().bytesDown());
            assertEquals(1, proxy.server().drain(Duration.ofMillis(200)).cut());
            assertArrayEquals(answer, client.readAll());
            over.countDown();
        }
    }

    @Test
    void clientThatDoesNotRead() throws Exception {
        try (TestingUpstream upstream = TestingUpstream
                .start(client -> client.getOutputStream().write(new byte[50_000_000]));
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { writeStall: 500ms }")
                        .endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            Await.until("the client to be stalled",
                    proxy::holdsBytes);
            long start = System.nanoTime();
            proxy.awaitClosed(CloseReason.CLIENT_WRITE_STALL, 1);
            assertTrue(millisSince(start) < 2_500, "closed late");
            assertEquals(End.RESET, client.end());
        }
    }

    @Test
    void upstreamThatDoesNotRead() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> hold(over));
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { writeStall: 500ms }")
                        .endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send(new byte[50_000_000]);
                } catch (java.io.IOException reset) {
                    // The expected end.
                }
            });
            proxy.awaitClosed(CloseReason.UPSTREAM_WRITE_STALL, 1);
            sender.join();
            over.countDown();
        }
    }

    /** A reader that takes a little now and then is slow, not stalled, although the system never reports much room. */
    @Test
    void aSlowReaderIsNotAStalledOne() throws Exception {
        int size = 12_000_000;
        try (TestingUpstream upstream = TestingUpstream.start(client -> client.getOutputStream().write(new byte[size]));
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { writeStall: 400ms }")
                        .endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            CountDownLatch pace = new CountDownLatch(1);
            int read = 0;
            byte[] chunk = new byte[60_000];
            long start = System.nanoTime();
            // For several times the deadline it reads about as much as keeps the window open by a little.
            while (millisSince(start) < 2_000) {
                read += client.socket().getInputStream().read(chunk);
                assertEquals(false, pace.await(10, TimeUnit.MILLISECONDS));
            }
            assertEquals(size, read + client.readAll().length);
            client.finish();
            proxy.awaitClosed(CloseReason.UPSTREAM_FINISHED, 1);
        }
    }

    @Test
    void connectToASilentEndpoint() throws Exception {
        try (TestingSilentEndpoint silent = new TestingSilentEndpoint();
                TestingProxy proxy = TestingProxy.builder().endpoint(silent.address())
                        .cluster("timeouts: { connect: 300ms }").start();
                TestingClient client = proxy.connect()) {
            long start = System.nanoTime();
            assertEquals(End.RESET, client.end());
            assertOnTime(millisSince(start), 250);
            proxy.awaitClosed(CloseReason.CONNECT_TIMEOUT, 1);
        }
    }

    @Test
    void allConnectAttemptsTogether() throws Exception {
        List<TestingSilentEndpoint> silent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            silent.add(new TestingSilentEndpoint());
        }
        TestingProxy.Builder builder = TestingProxy.builder()
                .cluster("timeouts: { connect: 300ms, connectTotal: 450ms }");
        silent.forEach(endpoint -> builder.endpoint(endpoint.address()));
        try (TestingProxy proxy = builder.start(); TestingClient client = proxy.connect()) {
            long start = System.nanoTime();
            assertEquals(End.RESET, client.end());
            assertOnTime(millisSince(start), 400);
            proxy.awaitClosed(CloseReason.CONNECT_TIMEOUT, 1);
        }
        for (TestingSilentEndpoint endpoint : silent) {
            endpoint.close();
        }
    }

    /** The upstream has sent everything and is gone; the client neither reads on nor closes. */
    @Test
    void lingering() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getInputStream().read();
            client.getOutputStream().write('x');
            client.shutdownOutput();
            hold(answered);
            client.setSoLinger(true, 0);
        });
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { linger: 300ms }").endpoint(upstream)
                        .start();
                TestingClient client = proxy.connect()) {
            client.send("q");
            assertArrayEquals(new byte[]{'x'}, client.readAll());
            answered.countDown();
            Await.equal("open connections of the upstream", 0, upstream::open);
            long start = System.nanoTime();
            Await.until("the proxy to find the upstream gone", () -> {
                try {
                    client.send("more");
                    return proxy.closed(CloseReason.UPSTREAM_RESET) == 1;
                } catch (java.io.IOException reset) {
                    return true;
                }
            });
            assertTrue(millisSince(start) >= 250, "did not linger");
            proxy.awaitClosed(CloseReason.UPSTREAM_RESET, 1);
        }
    }
}
