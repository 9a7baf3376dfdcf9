package dev.sluice.runtime.observe;

/**
 * An endpoint of a cluster, as metrics and admin show it.
 *
 * @param address as in the configuration
 * @param weight its share of the connections
 * @param backup whether it is used only when no other endpoint is up
 * @param up whether its last connect did not fail
 * @param active connections to it now
 * @param maxConnections the most connections at one time; 0 = no limit
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
