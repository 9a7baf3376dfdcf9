package dev.sluice.runtime.relay;

import java.net.SocketException;
import java.util.concurrent.CountDownLatch;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingSilentEndpoint;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Fault 6, on a transport that hears it: resets of a side that is not read, long before any deadline. */
class UnreadResetTest {
    @BeforeEach
    void onlyWhereItIsHeard() {
        assumeTrue(TestingTransport.realHearsResets(), "the portable transport hears of them from the next read");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitStalled(TestingProxy proxy) {
        Await.until("something to wait for a side that takes nothing",
                proxy::holdsBytes);
    }

    @Test
    void aClientThatIsNotReadBecauseTheEndpointTakesNothing() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> await(over));
                TestingProxy proxy = TestingProxy.before(upstream)) {
            TestingClient client = proxy.connect();
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send(new byte[50_000_000]);
                } catch (java.io.IOException reset) {
                    over.countDown();
                }
            });
            awaitStalled(proxy);
            client.reset();
            proxy.awaitClosed(CloseReason.CLIENT_RESET, 1);
            over.await();
            sender.join();
        }
    }

    @Test
    void anEndpointThatIsNotReadBecauseTheClientTakesNothing() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(new byte[50_000_000]);
                } catch (java.io.IOException reset) {
                    // Its own.
                }
            });
            await(stalled);
            client.setSoLinger(true, 0);
        }); TestingProxy proxy = TestingProxy.before(upstream); TestingClient client = proxy.connect()) {
            awaitStalled(proxy);
            stalled.countDown();
            proxy.awaitClosed(CloseReason.UPSTREAM_RESET, 1);
            assertEquals(End.RESET, client.end());
        }
    }

    @Test
    void aClientWhoseEndpointHasNotAnsweredYet() throws Exception {
        try (TestingSilentEndpoint silent = new TestingSilentEndpoint();
                TestingProxy proxy = TestingProxy.builder().cluster("timeouts: { connect: 1h, connectTotal: 1h }")
                        .endpoint(silent.address()).start()) {
            TestingClient client = proxy.connect();
            client.send("impatient");
            Await.equal("open connections", 1, () -> proxy.stats().connectionsActive());
            client.reset();
            proxy.awaitClosed(CloseReason.CLIENT_RESET, 1);
        }
    }

    /** It has sent all it had to say, so the endpoint gets that, and a moment to close. */
    @Test
    void aClientThatHadFinishedAndWantsNoAnswerAnyMore() throws Exception {
        CountDownLatch finished = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            assertEquals(7, client.getInputStream().readAllBytes().length);
            finished.countDown();
            try {
                while (true) {
                    await(cut);
                    client.getOutputStream().write(0);
                }
            } catch (SocketException reset) {
                // That it was cut shows in how the relay was closed.
            }
        });
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { linger: 100ms }").endpoint(upstream)
                        .start()) {
            TestingClient client = proxy.connect();
            client.send("request");
            client.finish();
            finished.await();
            client.reset();
            proxy.awaitClosed(CloseReason.CLIENT_RESET, 1);
            cut.countDown();
        }
    }
}
