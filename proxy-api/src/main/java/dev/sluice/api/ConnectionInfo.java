package dev.sluice.api;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** Which connection this is. Valid until {@link ConnectionFilter#onClose} has returned; on the connection's event loop. */
public interface ConnectionInfo {
    /** Unique for the life of the server, as in access log and admin. */
    long id();

    /** The name of the listener. */
    String listener();

    /**
     * Who the client is: the address that a trusted PROXY header named, or that of the socket. Null for clients of a Unix socket. An IPv4-mapped
     * IPv6 address is the IPv4 address.
     */
    @Nullable
    IpAddress source();

    /** The port of {@link #source}; 0 for clients of a Unix socket. */
    int sourcePort();
}
