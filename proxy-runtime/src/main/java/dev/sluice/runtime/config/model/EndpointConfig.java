package dev.sluice.runtime.config.model;

import java.net.SocketAddress;

/**
 * One server of a cluster.
 *
 * @param address never a wildcard, a multicast address or port 0
 * @param weight its share, 1 to 256
 * @param maxConnections connections to it at one time; 0 = no limit of its own
 * @param backup used only when no other endpoint can be
 */
public record EndpointConfig(SocketAddress address, int weight, int maxConnections, boolean backup) {}
