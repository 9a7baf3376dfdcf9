package dev.sluice.runtime.config.model;

import java.util.List;

/**
 * Endpoints that serve the same thing.
 *
 * @param name distinct among clusters; letters, digits and {@code _ . -}, at most 64
 * @param connectAttempts endpoints that one connection may try, at least 1
 * @param maxConnections connections to all endpoints at one time; 0 = no limit
 * @param endpoints at least one, with distinct addresses
 */
public record ClusterConfig(
        String name,
        LoadBalancing loadBalancing,
        ClusterTimeouts timeouts,
        int connectAttempts,
        int maxConnections,
        List<EndpointConfig> endpoints) {
    public ClusterConfig {
        endpoints = List.copyOf(endpoints);
    }
}
