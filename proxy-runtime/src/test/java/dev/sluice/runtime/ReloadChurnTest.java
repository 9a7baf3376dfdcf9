package dev.sluice.runtime;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

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

/**
 * Reloads by the thousand, and generations that operators end: nothing piles up. The full size of a drain is
 * {@code -Dsluice.drain.connections=4500 -Dsluice.drain.seconds=60}, with four descriptors for each connection.
 */
class ReloadChurnTest {
    private static final int RELOADS = 1_000;
    private static final int WARM_UP = 200;
    private static final int CONNECTIONS = Integer.getInteger("sluice.drain.connections", 120);
    private static final int DRAIN_SECONDS = Integer.getInteger("sluice.drain.seconds", 3);
    /** From here on a twelfth is long beside the half second between two looks. */
    private static final int LONG_DRAIN_SECONDS = 60;
    private static final int SLOTS = 12;
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
            // These close filters, or make the first request of the admin interface, and are gone then.
            Await.until("no thread that only does one thing", () -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("sluice-retired")
                            || thread.getName().equals("sluice-admin-first")));
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

    private static int post(ProxyServer server, String path) throws IOException, InterruptedException {
        int port = ((InetSocketAddress) server.adminAddress().orElseThrow()).getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .POST(HttpRequest.BodyPublishers.noBody()).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private static int drained(ProxyServer server) {
        return server.stats().closed().getOrDefault(CloseReason.GENERATION_DRAINED, 0L).intValue();
    }

    /**
     * Waits until all are drained, and checks that never more are than had their turn.
     *
     * @param start a time before the drain began
     * @return the numbers of connections that ended in each twelfth of the period; the last number has all later ones
     */
    private static int[] awaitDrain(ProxyServer server, long start) {
        int[] ends = new int[SLOTS + 1];
        int[] before = new int[1];
        long period = TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        Await.until("the drain to end", Duration.ofSeconds(DRAIN_SECONDS + 20), () -> {
            int now = drained(server);
            double share = (double) (System.nanoTime() - start) / period;
            assertTrue(now <= CONNECTIONS * (share + 0.02) + 1, () -> now + " after " + share + " of the time");
            ends[Math.min(SLOTS, (int) (share * SLOTS))] += now - before[0];
            before[0] = now;
            return now == CONNECTIONS;
        });
        return ends;
    }

    @Test
    void anOldGenerationIsDrainedEvenlyAndTheOneThatServesIsNot() throws Exception {
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
                assertEquals(404, post(server, "/generations/7/drain?over=1s"), "there is none");
                long start = System.nanoTime();
                assertEquals(202, post(server, "/generations/1/drain?over=" + DRAIN_SECONDS + "s"));
                int[] ends = awaitDrain(server, start);
                System.out.println("ends in each twelfth of " + DRAIN_SECONDS + " s: " + Arrays.toString(ends));
                if (DRAIN_SECONDS >= LONG_DRAIN_SECONDS) {
                    // Connections are looked at twice a second: the first twelfth misses a half, which comes at the end.
                    assertTrue(Arrays.stream(ends, 1, SLOTS)
                            .allMatch(end -> end >= 0.07 * CONNECTIONS && end <= 0.1 * CONNECTIONS));
                }
                for (TestingClient client : old) {
                    assertEquals(TestingClient.End.RESET, client.end());
                    client.close();
                }
                Await.equal("generations alive", 1, () -> server.engine().view().generationsAlive());
                assertEquals(404, post(server, "/generations/1/drain?over=1s"), "it is gone");
                assertEquals(409, post(server, "/generations/2/drain?over=1s"), "it serves");
                assertEquals("still", current.roundTrip("still"));
            }
        }
        ledger.settle();
    }
}
