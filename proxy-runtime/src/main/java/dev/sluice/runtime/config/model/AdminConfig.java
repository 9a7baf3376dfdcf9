package dev.sluice.runtime.config.model;

import java.net.SocketAddress;

/**
 * The admin interface.
 *
 * @param listen a loopback address, or the path of a Unix socket
 */
public record AdminConfig(SocketAddress listen) {}
