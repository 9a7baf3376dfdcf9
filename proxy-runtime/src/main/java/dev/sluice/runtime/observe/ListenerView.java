package dev.sluice.runtime.observe;

import java.net.SocketAddress;
import java.util.List;

/**
 * One listener.
 *
 * @param name the name in the configuration
 * @param address where it listens, with the port that was really bound
 * @param clusters those that its routes lead to, the default route's last
 * @param maxConnections how many connections it may have at once
 * @param state {@code open}, {@code paused-limit} (at {@code maxConnections}), {@code paused-resources} (no file descriptor) or {@code
 *     closed}
 * @param totals what happened so far
 */
public record ListenerView(
        String name, SocketAddress address, List<String> clusters, int maxConnections, String state,
        ListenerTotals totals) {}
