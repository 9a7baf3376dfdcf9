package dev.sluice.runtime.observe;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An endpoint of a cluster, as metrics and admin show it.
 *
 * @param address as in the configuration
 * @param weight its share of the connections
 * @param backup whether it is used only when no other endpoint is up
 * @param state one of unchecked, up, down, ejected, trial, slow-start, drained, removed
 * @param up whether neither health checks nor connections have failed
 * @param usable whether it gets new connections as usual
 * @param active connections to it now
 * @param maxConnections the most connections at one time; 0 = no limit
 * @param connects attempts that succeeded so far
 * @param connectFailures attempts that failed so far
 * @param checks health checks so far, by result
 * @param detail more about its state; null = there is nothing to say
 */
public record EndpointView(
        String address,
        int weight,
        boolean backup,
        String state,
        boolean up,
        boolean usable,
        int active,
        int maxConnections,
        long connects,
        long connectFailures,
        Map<String, Long> checks,
        @Nullable String detail) {}
