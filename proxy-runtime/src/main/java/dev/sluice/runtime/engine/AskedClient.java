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
 * @param behind whether a load balancer is the peer, whose PROXY header says what else is known of the client
 */
record AskedClient(String listener, @Nullable IpAddress source, SocketAddress bound,
        boolean behind) implements ConnectionInfo {
    @Override
    public long id() {
        return 0;
    }

    @Override
    public @Nullable IpAddress peer() {
        return behind ? null : source;
    }

    @Override
    public int peerPort() {
        return 0;
    }

    @Override
    public int sourcePort() {
        return 0;
    }

    /** Unknown where the listener takes every address of the machine, or a PROXY header has it. */
    @Override
    public @Nullable IpAddress destination() {
        return !behind && bound instanceof InetSocketAddress inet && !inet.getAddress().isAnyLocalAddress()
                ? IpAddress.of(inet.getAddress())
                : null;
    }

    @Override
    public int destinationPort() {
        return !behind && bound instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }
}
