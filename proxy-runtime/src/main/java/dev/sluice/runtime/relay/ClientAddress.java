package dev.sluice.runtime.relay;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Arrays;

import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The client's address as filters, routes, balancing, access log and admin see it: the one place that decides what the
 * client's address is. On the connection's loop.
 */
final class ClientAddress {
    /** Placeholder for a peer address that the kernel no longer knows. */
    private static final SocketAddress UNKNOWN = UnixDomainSocketAddress.of("");

    private ClientAddress() {}

    /** The client's IP address; null for clients of a Unix socket. */
    static @Nullable IpAddress ip(StreamSocket client) {
        return ip(client.remoteAddress());
    }

    /** The client's port; 0 for clients of a Unix socket. */
    static int port(StreamSocket client) {
        return port(client.remoteAddress());
    }

    /** The address that the client has connected to; null for a Unix socket. */
    static @Nullable IpAddress destinationIp(StreamSocket client) {
        return ip(client.localAddress());
    }

    /** The port that the client has connected to; 0 for a Unix socket. */
    static int destinationPort(StreamSocket client) {
        return port(client.localAddress());
    }

    private static @Nullable IpAddress ip(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? IpAddress.of(inet.getAddress()) : null;
    }

    private static int port(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /** A hash of the address without the port, for source-hash balancing; 0 for clients of a Unix socket. */
    static long hash(StreamSocket client) {
        return client.remoteAddress() instanceof InetSocketAddress inet
                ? Arrays.hashCode(inet.getAddress().getAddress())
                : 0;
    }

    /** The address and port, to be shown to people. Not every system knows it after the connection has ended. */
    static SocketAddress socketAddress(StreamSocket client) {
        SocketAddress address = client.remoteAddress();
        return address == null ? UNKNOWN : address;
    }
}
