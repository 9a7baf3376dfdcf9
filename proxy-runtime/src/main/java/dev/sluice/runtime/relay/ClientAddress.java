package dev.sluice.runtime.relay;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.observe.HeaderText;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The client's address as filters, routes, balancing, access log and admin see it: the one place that decides what the
 * client's address is. It is the one in the PROXY header of a trusted peer, or that of the peer itself. On the
 * connection's loop.
 */
public final class ClientAddress {
    /** Placeholder for a peer address that the kernel no longer knows. */
    private static final SocketAddress UNKNOWN = UnixDomainSocketAddress.of("");

    private ClientAddress() {}

    /** The IP address of the other end of the client's socket; null for a Unix socket. */
    static @Nullable IpAddress peer(Connection connection) {
        return ip(connection.client().socket().remoteAddress());
    }

    /** The port of the other end of the client's socket; 0 for a Unix socket. */
    static int peerPort(Connection connection) {
        return port(connection.client().socket().remoteAddress());
    }

    /** The client's IP address; null if there is none. */
    static @Nullable IpAddress source(Connection connection) {
        ProxyHeader header = known(connection);
        return header == null ? peer(connection) : header.source();
    }

    /** The client's port; 0 if there is none. */
    static int sourcePort(Connection connection) {
        ProxyHeader header = known(connection);
        return header == null ? peerPort(connection) : header.sourcePort();
    }

    /** The address that the client has connected to; null for a Unix socket. */
    static @Nullable IpAddress destination(Connection connection) {
        ProxyHeader header = known(connection);
        return header == null ? ip(connection.client().socket().localAddress()) : header.destination();
    }

    /** The port that the client has connected to; 0 for a Unix socket. */
    static int destinationPort(Connection connection) {
        ProxyHeader header = known(connection);
        return header == null ? port(connection.client().socket().localAddress()) : header.destinationPort();
    }

    /** A hash of the client's address without the port, for source-hash balancing; 0 for clients of a Unix socket. */
    static long hash(Connection connection) {
        return hash(source(connection));
    }

    /** The hash of an address; null = the client has none. */
    public static long hash(@Nullable IpAddress source) {
        return source == null ? 0 : 31 * source.high() + source.low();
    }

    /** The client's address and port, to be shown to people. */
    static String text(Connection connection) {
        String source = HeaderText.source(connection.proxyHeader());
        return source == null ? AddressText.of(peerAddress(connection.client().socket())) : source;
    }

    /** The other end of the client's socket, to be shown to people. Not every system knows it after the connection has ended. */
    static SocketAddress peerAddress(StreamSocket client) {
        SocketAddress address = client.remoteAddress();
        return address == null ? UNKNOWN : address;
    }

    /** The PROXY header, if it has the address of the client. */
    private static @Nullable ProxyHeader known(Connection connection) {
        ProxyHeader header = connection.proxyHeader();
        return header != null && header.isSourceKnown() ? header : null;
    }

    private static @Nullable IpAddress ip(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? IpAddress.of(inet.getAddress()) : null;
    }

    private static int port(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }
}
