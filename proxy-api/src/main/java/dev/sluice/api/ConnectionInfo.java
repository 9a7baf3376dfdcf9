package dev.sluice.api;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The identity and addresses of a connection. Valid until {@link ConnectionFilter#onClose} has returned; on the
 * connection's event loop.
 */
public interface ConnectionInfo {
    /** {@return the number of the connection, as in access log and admin} Unique for the life of the server. */
    long id();

    /** {@return the name of the listener} */
    String listener();

    /**
     * {@return the address of the other end of the socket: the client, or a load balancer in front of the proxy; null
     * for clients of a Unix socket} An IPv4-mapped IPv6 address is given as the IPv4 address, here and in the other
     * methods.
     */
    @Nullable
    IpAddress peer();

    /** {@return the port of {@link #peer}; 0 for clients of a Unix socket} */
    int peerPort();

    /**
     * {@return the address of the client; null if there is none} That is the address of {@link #peer}, or, where a
     * trusted PROXY header names another one, that one.
     */
    @Nullable
    IpAddress source();

    /** {@return the port of {@link #source}; 0 if there is none} */
    int sourcePort();

    /**
     * {@return the address that the client connected to; null for clients of a Unix socket} That is the local address
     * of the socket, also for a listener on all addresses, or, where a trusted PROXY header names another one, that
     * one. Each call asks the operating system.
     */
    @Nullable
    IpAddress destination();

    /** {@return the port of {@link #destination}; 0 if there is none} */
    int destinationPort();

    /** {@return the name of the cluster whose endpoints are tried or connected; null before the connection is routed} */
    @Incubating
    default @Nullable String cluster() {
        return null;
    }

    /**
     * {@return the address of the endpoint that is tried or connected, as the configuration writes it; null before the
     * connection is routed}
     */
    @Incubating
    default @Nullable String endpoint() {
        return null;
    }
}
