package dev.sluice.runtime.transport;

/**
 * Options of a listening socket.
 *
 * @param backlog connections that the system may complete ahead of {@code accept}
 * @param ipv6Only whether an IPv6 wildcard leaves IPv4 to another socket (IPV6_V6ONLY, ipv6(7)); of no meaning for other addresses
 * @param accepted options of the connections that it accepts
 */
public record ListenOptions(int backlog, boolean ipv6Only, SocketOptions accepted) {}
