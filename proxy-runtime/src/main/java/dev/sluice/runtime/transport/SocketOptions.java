package dev.sluice.runtime.transport;

/**
 * Options of a stream socket.
 *
 * @param noDelay TCP_NODELAY
 * @param keepAliveIdleSeconds silence before the first probe; 0 = no keepalive
 * @param keepAliveIntervalSeconds between probes
 * @param keepAliveCount unanswered probes after which the connection is broken
 */
public record SocketOptions(boolean noDelay, int keepAliveIdleSeconds, int keepAliveIntervalSeconds,
        int keepAliveCount) {}
