package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;

/** A connection that was accepted over IPv6; see {@link Inet4Socket}. */
final class Inet6Socket extends EpollStreamSocket {
    private final long high;
    private final long low;
    private final int scope;
    private final short port;

    Inet6Socket(int descriptor, long high, long low, int scope, int port) {
        super(descriptor, 0);
        this.high = high;
        this.low = low;
        this.scope = scope;
        this.port = (short) port;
    }

    @Override
    public SocketAddress remoteAddress() {
        return SocketAddresses.inet6(high, low, scope, Short.toUnsignedInt(port));
    }
}
