package dev.sluice.runtime.engine;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client that has no connection, as filters see it when they are asked about it. Immutable.
 *
 * @param source its address; null = it has none
 * @param bound the address of the listener
 */
record AskedClient(String listener, @Nullable IpAddress source, SocketAddress bound) implements ConnectionInfo {
    @Override
    public long id() {
        return 0;
    }

    @Override
    public @Nullable IpAddress peer() {
        return source;
    }

    @Override
    public int peerPort() {
        return 0;
    }

    @Override
    public int sourcePort() {
        return 0;
    }

    /** Unknown where the listener takes every address of the machine. */
    @Override
    public @Nullable IpAddress destination() {
        return bound instanceof InetSocketAddress inet && !inet.getAddress().isAnyLocalAddress()
                ? IpAddress.of(inet.getAddress())
                : null;
    }

    @Override
    public int destinationPort() {
        return bound instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }
}
