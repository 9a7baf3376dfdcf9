package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.transport.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults 10, 12 and 13, and the limits: what happens between the backlog and a relay. */
class AcceptFaultsTest {
    @Test
    void everySeventhAcceptFailsAndTheOthersAreServed() throws Exception {
        TestingTransport transport = new TestingTransport();
        AtomicInteger failed = new AtomicInteger();
        transport.failAccepts(call -> call % 7 == 0 && failed.incrementAndGet() > 0
                ? new TransportException(TransportException.Kind.OTHER, "Software caused connection abort")
                : null);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).start(transport)) {
            int served = 0;
            for (int i = 0; i < 300; i++) {
                try (TestingClient client = proxy.connect()) {
                    served += client.roundTrip("x").equals("x") ? 1 : 0;
                } catch (SocketException | AssertionError dropped) {
                    assertTrue(failed.get() > 0);
                }
            }
            assertTrue(failed.get() > 0);
            assertEquals(300, served + failed.get());
            proxy.awaitIdle();
            // The accept that the last connection's readiness leads to may still fail.
            Await.until("the counter to agree with what was injected",
                    () -> failed.get() == proxy.stats().acceptErrors());
        }
    }

    @Test
    void withoutDescriptorsNothingIsAcceptedNobodyIsHarmedAndThereIsNoSpinning() throws Exception {
        TestingTransport transport = new TestingTransport();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).start(transport);
                TestingClient established = proxy.connect()) {
            assertEquals("x", established.roundTrip("x"));
            transport.descriptorsLeft(false);
            int before = transport.accepts();
            try (TestingClient waiting = proxy.connect()) {
                waiting.send("patience");
                for (int i = 0; i < 1_000; i++) {
                    assertEquals("y", established.roundTrip("y"));
                }
                assertTrue(transport.accepts() - before <= 2,
                        () -> "accept was called " + (transport.accepts() - before) + " times");
                transport.descriptorsLeft(true);
                assertEquals("patience", waiting.readText(8));
            }
            assertEquals("z", established.roundTrip("z"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"process", "listener"})
    void limitsAreExactAndTheOthersWaitInTheBacklog(String level) throws Exception {
        int max = 5;
        TestingProxy.Builder builder = TestingProxy.builder();
        if (level.equals("process")) {
            builder.with("limits: { maxConnections: 5 }");
        } else {
            builder.listener("maxConnections: 5");
        }
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = builder.endpoint(upstream).start()) {
            List<TestingClient> clients = new ArrayList<>();
            for (int i = 0; i < 3 * max; i++) {
                TestingClient client = proxy.connect();
                client.send("x");
                clients.add(client);
            }
            for (int i = 0; i < 3 * max; i++) {
                // First come, first served: each end lets the next one in.
                assertEquals("x", clients.get(i).readText(1));
                assertTrue(proxy.stats().connectionsActive() <= max, () -> "over the limit: " + proxy.stats());
                if (i >= max - 1) {
                    Await.equal("open connections", Math.min(max, 3 * max - i + max - 1),
                            () -> proxy.stats().connectionsActive());
                    clients.get(i - max + 1).close();
                }
            }
            for (TestingClient client : clients) {
                client.close();
            }
            proxy.awaitIdle();
            assertEquals(3L * max, proxy.stats().connectionsTotal());
        }
    }

    /** Latencies of that are a benchmark: {@code examples/benchmarks/run storms}. */
    @Test
    void aStormOfConnectsIsTakenInWhileOthersAreServed() throws Exception {
        int storm = FaultSize.of(3_000, 50_000);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).start();
                TestingClient live = proxy.connect()) {
            Thread connecting = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < storm; i++) {
                    try (TestingClient client = proxy.connect()) {
                        client.reset();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            int roundTrips = 0;
            while (connecting.isAlive()) {
                assertEquals("x", live.roundTrip("x"));
                roundTrips++;
            }
            connecting.join();
            FaultSize.report("13", roundTrips + " round trips during " + storm + " connections");
            assertTrue(roundTrips > 0, "the live connection was not served during the storm");
            Await.equal("connections of the storm", storm + 1L, () -> proxy.stats().connectionsTotal());
            Await.equal("open connections", 1, () -> proxy.stats().connectionsActive());
            assertEquals("x", live.roundTrip("x"));
        }
    }
}
