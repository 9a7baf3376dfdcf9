package dev.sluice.runtime.transport;

/**
 * Options of a stream socket.
 *
 * @param noDelay TCP_NODELAY
 * @param keepAliveIdleSeconds silence before the first probe; 0 = no keepalive
 * @param keepAliveIntervalSeconds between probes
 * @param keepAliveCount unanswered probes after which the connection is broken
 * @param userTimeoutMillis TCP_USER_TIMEOUT (RFC 5482): the time that sent bytes may stay unacknowledged; 0 = the
 *     system's default. A transport that cannot set it keeps that default
 */
public record SocketOptions(boolean noDelay, int keepAliveIdleSeconds, int keepAliveIntervalSeconds,
        int keepAliveCount, int userTimeoutMillis) {}
