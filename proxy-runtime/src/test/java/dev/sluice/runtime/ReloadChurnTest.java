package dev.sluice.runtime;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.ListeningSockets;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Reloads by the thousand, and generations that operators end: nothing piles up. */
class ReloadChurnTest {
    private static final int RELOADS = 1_000;
    private static final int WARM_UP = 200;
    private static final int CONNECTIONS = 50;
    private static final double HEAP_TOLERANCE = 1.05;
    private static final long METASPACE_TOLERANCE = 2L << 20;

    private static String yaml(TestingUpstream upstream, int idleMinutes) {
        return """
                runtime: { eventLoops: 2, transport: %s }
                admin: { listen: "127.0.0.1:0" }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: app, timeouts: { idle: %dm } }
                clusters:
                  - { name: app, endpoints: [ { address: "%s" } ] }
                """.formatted(TestingTransport.realName(), idleMinutes, upstream.address());
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().toLowerCase(Locale.ROOT).contains("metaspace"))
                .map(MemoryPoolMXBean::getUsage).mapToLong(usage -> usage.getUsed()).sum();
    }

    /** The sockets of the listener and of the admin interface. */
    private static Set<Long> inodes(ProxyServer server) {
        Set<Long> inodes = new TreeSet<>(ListeningSockets.at(server.address("edge")));
        inodes.addAll(ListeningSockets.at(server.adminAddress().orElseThrow()));
        assertTrue(!ListeningSockets.areShown() || inodes.size() == 2, inodes::toString);
        return inodes;
    }

    private static void reload(ProxyServer server, TestingUpstream upstream, int times) {
        for (int i = 0; i < times; i++) {
            assertTrue(server.reload(yaml(upstream, 5 + i % 2)).applied(), "reload " + i);
        }
    }

    @Test
    void aThousandReloadsLeaveMemoryDescriptorsAndThreadsAsTheyWere() throws Exception {
        Ledger ledger = Ledger.open();
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder().config(yaml(upstream, 6)).start();
                TestingClient client = TestingClient.connect(server, "edge")) {
            assertEquals("x", client.roundTrip("x"));
            reload(server, upstream, WARM_UP);
            // Closes filters, and is gone then.
            Await.until("no thread to close filters", () -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("sluice-retired")));
            Ledger during = Ledger.open();
            long heap = heap();
            long metaspace = metaspace();
            Set<Long> inodes = inodes(server);
            reload(server, upstream, RELOADS);
            assertEquals(inodes, inodes(server), "kept means kept");
            Await.value("heap after a collection, of " + heap + " bytes before", ReloadChurnTest::heap,
                    now -> now <= heap * HEAP_TOLERANCE);
            assertTrue(metaspace() <= metaspace + METASPACE_TOLERANCE,
                    () -> "metaspace " + metaspace + " → " + metaspace());
            during.settle();
            assertEquals(2, server.engine().view().generationsAlive(), "the first one has a connection");
            assertEquals("x", client.roundTrip("x"));
        }
        ledger.settle();
    }

    @Test
    void anOldGenerationIsDrainedAndTheOneThatServesIsNot() throws Exception {
        Ledger ledger = Ledger.open();
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder().config(yaml(upstream, 5)).start()) {
            List<TestingClient> old = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                old.add(TestingClient.connect(server, "edge"));
                assertEquals("x", old.getLast().roundTrip("x"));
            }
            server.reload(yaml(upstream, 6));
            try (TestingClient current = TestingClient.connect(server, "edge")) {
                assertEquals("x", current.roundTrip("x"));
                assertEquals(List.of(1L, 2L), server.engine().view().generations().stream()
                        .map(generation -> generation.number()).toList());
                assertEquals(List.of((long) CONNECTIONS, 1L), server.engine().view().generations().stream()
                        .map(generation -> generation.connections()).toList());
                assertTrue(server.engine().drainGeneration(1, Duration.ofSeconds(1)));
                for (TestingClient client : old) {
                    assertEquals(TestingClient.End.RESET, client.end());
                    client.close();
                }
                Await.equal("drained connections", (long) CONNECTIONS,
                        () -> server.stats().closed().get(CloseReason.GENERATION_DRAINED));
                Await.equal("generations alive", 1, () -> server.engine().view().generationsAlive());
                assertTrue(!server.engine().drainGeneration(1, Duration.ZERO), "it is gone");
                assertEquals("still", current.roundTrip("still"));
            }
        }
        ledger.settle();
    }
}
