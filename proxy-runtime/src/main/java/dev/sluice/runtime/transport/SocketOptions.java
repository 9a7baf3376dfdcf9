package dev.sluice.runtime.transport;

/**
 * Options of a stream socket.
 *
 * @param noDelay TCP_NODELAY
 * @param keepAliveIdleSeconds silence before the first probe; 0 = no keepalive
 * @param keepAliveIntervalSeconds between probes
 * @param keepAliveCount unanswered probes after which the connection is broken
 * @param userTimeoutMillis TCP_USER_TIMEOUT (RFC 5482): how long sent bytes may stay unacknowledged; 0 = the system's own. A transport that
 *     cannot set it leaves it at that
 */
public record SocketOptions(boolean noDelay, int keepAliveIdleSeconds, int keepAliveIntervalSeconds,
        int keepAliveCount, int userTimeoutMillis) {}
