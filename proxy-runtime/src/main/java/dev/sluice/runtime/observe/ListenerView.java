package dev.sluice.runtime.observe;

import java.net.SocketAddress;

/**
 * One listener.
 *
 * @param name the name in the configuration
 * @param address where it listens, with the port that was really bound
 * @param cluster the cluster of its default route
 * @param maxConnections how many connections it may have at once
 * @param state {@code open}, {@code paused-limit} (at {@code maxConnections}), {@code paused-resources} (no file descriptor) or {@code
 *     closed}
 * @param totals what happened so far
 */
public record ListenerView(
        String name, SocketAddress address, String cluster, int maxConnections, String state, ListenerTotals totals) {}
