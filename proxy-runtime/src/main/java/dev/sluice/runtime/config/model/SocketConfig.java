package dev.sluice.runtime.config.model;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Options of the sockets of a listener's connections.
 *
 * @param noDelay TCP_NODELAY
 * @param keepAlive absent = SO_KEEPALIVE off
 * @param userTimeout TCP_USER_TIMEOUT; absent = the system's own
 * @param backlog how many connections the kernel holds before they are accepted
 */
public record SocketConfig(
        boolean noDelay,
        @Nullable KeepAliveConfig keepAlive,
        @Nullable Duration userTimeout,
        int backlog) {}
