package dev.sluice.runtime.observe;

import java.util.List;

/**
 * One cluster.
 *
 * @param name the name in the configuration
 * @param loadBalancing how an endpoint is picked, as in the configuration
 * @param active connections to its endpoints now
 * @param maxConnections how many it may have at once
 * @param endpoints its endpoints, in the order of the configuration
 * @param connect how the attempts to connect went
 */
public record ClusterView(
        String name,
        String loadBalancing,
        int active,
        int maxConnections,
        List<EndpointView> endpoints,
        ConnectTotals connect) {}
