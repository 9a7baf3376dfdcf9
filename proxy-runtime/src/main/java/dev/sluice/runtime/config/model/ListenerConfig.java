package dev.sluice.runtime.config.model;

import java.net.SocketAddress;
import java.util.List;

/**
 * Where clients connect, and where their connections go.
 *
 * @param name distinct among listeners; letters, digits and {@code _ . -}, at most 64
 * @param listen port 0 = any free port
 * @param maxConnections connections of this listener at one time; 0 = no limit but the process's
 * @param filters in the order in which they see a connection, with distinct names
 * @param routes at least one; the first that matches is taken
 */
public record ListenerConfig(
        String name,
        SocketAddress listen,
        int maxConnections,
        List<FilterConfig> filters,
        List<RouteConfig> routes,
        ListenerTimeouts timeouts,
        SocketConfig socket) {
    public ListenerConfig {
        filters = List.copyOf(filters);
        routes = List.copyOf(routes);
    }
}
