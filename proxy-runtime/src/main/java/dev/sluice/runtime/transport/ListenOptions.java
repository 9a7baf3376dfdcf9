package dev.sluice.runtime.transport;

/**
 * Options of a listening socket.
 *
 * @param backlog connections that the system may complete ahead of {@code accept}
 * @param ipv6Only whether an IPv6 wildcard leaves IPv4 to another socket (IPV6_V6ONLY, ipv6(7)); of no meaning for other addresses
 * @param accepted options of the connections that it accepts
 * @param shared whether it is bound beside another socket of this process, see {@link ServerSocket#shared}
 */
public record ListenOptions(int backlog, boolean ipv6Only, SocketOptions accepted, boolean shared) {
    /** Options of a socket that has its address for itself. */
    public ListenOptions(int backlog, boolean ipv6Only, SocketOptions accepted) {
        this(backlog, ipv6Only, accepted, false);
    }

    /** The same options for a socket that is bound beside another one of this process. */
    public ListenOptions beside() {
        return new ListenOptions(backlog, ipv6Only, accepted, true);
    }
}
