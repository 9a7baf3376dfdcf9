package dev.sluice.runtime;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Events that an embedding program listens to. */
class EventsTest {
    private static <T extends ProxyEvent> T next(BlockingQueue<ProxyEvent> events, Class<T> type) throws Exception {
        while (true) {
            ProxyEvent event = events.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertNotNull(event, () -> "no " + type.getSimpleName());
            if (type.isInstance(event)) {
                return type.cast(event);
            }
        }
    }

    @Test
    void connectionsStartAndEndAndTheServerReloads() throws Exception {
        Ledger ledger = Ledger.open();
        BlockingQueue<ProxyEvent> events = new LinkedBlockingQueue<>();
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder().config(TestingProxy.builder().endpoint(upstream).yaml())
                        .events(events::add).start()) {
            assertEquals("start", next(events, ServerEvent.class).kind());
            try (TestingClient client = TestingClient.connect(server, "edge")) {
                assertEquals("12345", client.roundTrip("12345"));
                ConnectionEvent start = next(events, ConnectionEvent.class);
                assertNull(start.reason());
                assertEquals(List.of("edge", "app", upstream.address()),
                        List.of(start.listener(), String.valueOf(start.cluster()), String.valueOf(start.endpoint())));
                client.finish();
                assertEquals(0, client.readAll().length);
                ConnectionEvent end = next(events, ConnectionEvent.class);
                assertEquals(start.id(), end.id());
                assertEquals(CloseReason.CLIENT_FINISHED, end.reason());
                assertEquals(List.of(5L, 5L), List.of(end.bytesUp(), end.bytesDown()));
                assertTrue(end.isEnd() && end.duration().compareTo(start.duration()) >= 0);
            }
            server.reload();
            assertEquals("reload", next(events, ServerEvent.class).kind());
            assertEquals(0, server.eventsDropped());
        }
        ledger.settle();
    }

    @Test
    void aListenerThatFailsOrIsSlowCostsItsEventsOnly() throws Exception {
        Ledger ledger = Ledger.open();
        CountDownLatch goOn = new CountDownLatch(1);
        List<Long> ends = new CopyOnWriteArrayList<>();
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder().config(TestingProxy.builder().endpoint(upstream).yaml())
                        .events(event -> {
                            if (event instanceof ConnectionEvent end && end.isEnd()) {
                                ends.add(end.id());
                                throw new IllegalStateException("a defect of the listener");
                            }
                            try {
                                goOn.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        }).start()) {
            for (int i = 0; i < 3; i++) {
                try (TestingClient client = TestingClient.connect(server, "edge")) {
                    assertEquals("served", client.roundTrip("served"));
                }
            }
            assertEquals(List.of(), ends);
            goOn.countDown();
            Await.equal("ends", 3, ends::size);
        }
        ledger.settle();
    }
}
