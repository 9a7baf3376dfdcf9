package dev.sluice.runtime.observe;

import java.net.SocketAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A listener, as metrics and admin show it.
 *
 * @param name the name in the configuration
 * @param address the address it listens on, with the port that was bound
 * @param clusters the clusters of its routes, that of the default route last
 * @param maxConnections the most connections at one time; 0 = no limit
 * @param state {@code open}, {@code paused-limit} (at {@code maxConnections}), {@code paused-resources} (no file descriptor) or {@code
 *     closed}
 * @param readsHeaders whether its connections begin with a PROXY header
 * @param totals its counters so far
 * @param certificates those that it serves now; empty = TLS does not end here
 * @param tlsEngine that of its handshakes, {@code boringssl} or {@code jdk}; null = TLS does not end here
 * @param tlsEngineDetail its version, or the reason for which it is not the other one; null = TLS does not end here
 * @param revocations the lists with which certificates of clients are compared; empty = there are none
 */
public record ListenerView(
        String name, SocketAddress address, List<String> clusters, int maxConnections, String state,
        boolean readsHeaders, ListenerTotals totals, List<CertificateView> certificates,
        @Nullable String tlsEngine, @Nullable String tlsEngineDetail, List<RevocationsView> revocations) {
    /** The same listener with the lists with which certificates of clients are compared. */
    public ListenerView comparing(List<RevocationsView> lists) {
        return new ListenerView(name, address, clusters, maxConnections, state, readsHeaders, totals, certificates,
                tlsEngine, tlsEngineDetail, lists);
    }
}
