package dev.sluice.runtime.observe;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A cluster, as metrics and admin show it.
 *
 * @param name the name in the configuration
 * @param loadBalancing the load balancing, as in the configuration
 * @param active connections to its endpoints now
 * @param maxConnections the most connections at one time; 0 = no limit
 * @param endpoints its endpoints, in the order of the configuration; then those that were removed and have connections
 * @param panic whether so few endpoints are up that health checks do not count
 * @param queued clients that wait for a place now
 * @param connect results of the connect attempts, and waits
 * @param source the source of its endpoints; null = they are written in the configuration
 * @param certificate the one that is shown to endpoints that ask for it; null = none is
 */
public record ClusterView(
        String name,
        String loadBalancing,
        int active,
        int maxConnections,
        List<EndpointView> endpoints,
        boolean panic,
        int queued,
        ConnectTotals connect,
        @Nullable EndpointSourceView source,
        @Nullable CertificateView certificate) {
    /** The same cluster with the source of its endpoints. */
    public ClusterView from(@Nullable EndpointSourceView found) {
        return new ClusterView(name, loadBalancing, active, maxConnections, endpoints, panic, queued, connect, found,
                certificate);
    }
}
