package dev.sluice.runtime.config.model;

import java.net.SocketAddress;

/**
 * Where clients connect, and where their connections go.
 *
 * @param name distinct among listeners; letters, digits and {@code _ . -}, at most 64
 * @param listen port 0 = any free port
 * @param maxConnections connections of this listener at one time; 0 = no limit but the process's
 * @param cluster the name of a cluster of the same configuration
 */
public record ListenerConfig(
        String name,
        SocketAddress listen,
        int maxConnections,
        String cluster,
        ListenerTimeouts timeouts,
        SocketConfig socket) {}
