package dev.sluice.runtime.engine;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.cluster.ConnectPolicy;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.EndpointSet;
import dev.sluice.runtime.cluster.LoadBalancer;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.relay.RelaySettings;
import dev.sluice.runtime.transport.SocketOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

class TimeoutSentencesTest {
    private static final long SECOND = 1_000_000_000;

    private static List<String> sentences(long idle, SocketOptions socket, long lifetime, @Nullable Cluster cluster) {
        ListenerConfig listener = mock(ListenerConfig.class);
        when(listener.name()).thenReturn("edge");
        when(listener.tls()).thenReturn(Optional.empty());
        return TimeoutSentences.of(listener, new RelaySettings(idle * SECOND, 600 * SECOND, 60 * SECOND, SECOND, SECOND,
                lifetime * SECOND, lifetime * SECOND / 10, 1024, socket, null, null), cluster);
    }

    private static String vanished(long idle, SocketOptions socket) {
        return sentences(idle, socket, 0, null).get(1);
    }

    private static String sending(int userTimeoutMillis) {
        return sentences(3600, new SocketOptions(true, 60, 15, 4, userTimeoutMillis), 0, null).get(2);
    }

    private static Cluster cluster(long each, long all, int attempts, int endpoints) {
        ClusterState state = new ClusterState("web", 1);
        List<Endpoint> list = IntStream.range(0, endpoints)
                .mapToObj(i -> new Endpoint(
                        state.endpoint(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7000 + i)), 1, 0,
                        false))
                .toList();
        return new Cluster(state, new EndpointSet(list, LoadBalancer.roundRobin()),
                new ConnectPolicy(each * SECOND, all * SECOND, attempts, 0, 0));
    }

    @Test
    void aVanishedPeerIsNoticedByKeepAliveOrByIdle() {
        SocketOptions usual = new SocketOptions(true, 60, 15, 4, 0);
        assertEquals("a peer that has vanished: keepAlive 60s + 4 x 15s = 2m comes before idle 1h",
                vanished(3600, usual));
        assertEquals("a peer that has vanished: idle 30s comes before keepAlive 60s + 4 x 15s = 2m",
                vanished(30, usual));
        assertEquals("a peer that has vanished: idle 1h, because keepAlive is off",
                vanished(3600, new SocketOptions(true, 0, 0, 0, 0)));
    }

    /** With TCP_USER_TIMEOUT the kernel counts time instead of probes, and looks when a probe is due. */
    @Test
    void theUserTimeoutReplacesTheCountOfProbes() {
        assertEquals(
                "a peer that has vanished: keepAlive 60s + 1 x 15s = 75s (by userTimeout 30s instead of count 4) comes before"
                        + " idle 1h",
                vanished(3600, new SocketOptions(true, 60, 15, 4, 30_000)));
        assertEquals(
                "a peer that has vanished: keepAlive 60s + 9 x 15s = 195s (by userTimeout 3m1s instead of count 4) comes before"
                        + " idle 1h",
                vanished(3600, new SocketOptions(true, 60, 15, 4, 181_000)).replace("181s", "3m1s"));
    }

    @Test
    void whileSendingTheKernelGivesUpOrTheWriteStallEndsIt() {
        assertEquals("while sending: writeStall 1m", sending(0));
        assertEquals(
                "while sending: userTimeout 30s (nothing is acknowledged, where the transport can set it) comes before"
                        + " writeStall 1m",
                sending(30_000));
        assertEquals(
                "while sending: writeStall 1m comes before userTimeout 2m (nothing is acknowledged, where the transport"
                        + " can set it)",
                sending(120_000));
    }

    @Test
    void attemptsAndTheirTotal() {
        SocketOptions usual = new SocketOptions(true, 60, 15, 4, 0);
        assertEquals("connecting: connect 3s x 3 endpoints comes before connectTotal 10s (cluster web)",
                sentences(3600, usual, 0, cluster(3, 10, 3, 0)).getFirst());
        assertEquals("connecting: connectTotal 8s comes before connect 3s x 3 endpoints (cluster web)",
                sentences(3600, usual, 0, cluster(3, 8, 3, 4)).getFirst());
        // Each endpoint is tried once, so that fewer than connectAttempts may be over before the total time is.
        assertEquals("connecting: connect 3s x 2 endpoints comes before connectTotal 8s (cluster web)",
                sentences(3600, usual, 0, cluster(3, 8, 3, 2)).getFirst());
        assertEquals("connecting: connect 3s x 1 endpoint comes before connectTotal 8s (cluster web)",
                sentences(3600, usual, 0, cluster(3, 8, 3, 1)).getFirst());
        assertEquals("in any case: lifetime 50m, up to 5m earlier", sentences(3600, usual, 3000, null).getLast());
    }
}
