package dev.sluice.api;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** Identity and addresses of a connection. Valid until {@link ConnectionFilter#onClose} has returned; on the connection's event loop. */
public interface ConnectionInfo {
    /** Unique for the life of the server, as in access log and admin. */
    long id();

    /** The name of the listener. */
    String listener();

    /**
     * The address of the socket's other end: the client, or a load balancer in front of the proxy. Null for clients of a Unix socket. An
     * IPv4-mapped IPv6 address is the IPv4 address, here and in the other methods.
     */
    @Nullable
    IpAddress peer();

    /** The port of {@link #peer}; 0 for clients of a Unix socket. */
    int peerPort();

    /**
     * The address of the client: today that of {@link #peer}; where a trusted PROXY header names another, the one that it names. Null if
     * there is none.
     */
    @Nullable
    IpAddress source();

    /** The port of {@link #source}; 0 if there is none. */
    int sourcePort();

    /**
     * The address that the client connected to: today the local one of the socket, also of a listener on all addresses; where a trusted PROXY
     * header names another, the one that it names. Null for clients of a Unix socket. The system is asked at each call.
     */
    @Nullable
    IpAddress destination();

    /** The port of {@link #destination}; 0 if there is none. */
    int destinationPort();
}
