package dev.sluice.runtime.observe;

/**
 * One endpoint of a cluster.
 *
 * @param address as in the configuration
 * @param weight its share of the connections
 * @param backup used only when no other endpoint is up
 * @param up takes connections
 * @param active connections to it now
 * @param maxConnections how many it may have at once
 * @param connects attempts that succeeded so far
 * @param connectFailures attempts that failed so far
 */
public record EndpointView(
        String address,
        int weight,
        boolean backup,
        boolean up,
        int active,
        int maxConnections,
        long connects,
        long connectFailures) {}
