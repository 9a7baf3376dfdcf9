package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;

/** A connection that was accepted over IPv4; its address is kept as a number, because the system forgets it when the peer resets. */
final class Inet4Socket extends EpollStreamSocket {
    private final int ip;
    private final short port;

    Inet4Socket(int descriptor, int ip, int port) {
        super(descriptor, 0);
        this.ip = ip;
        this.port = (short) port;
    }

    @Override
    public SocketAddress remoteAddress() {
        return SocketAddresses.inet4(ip, Short.toUnsignedInt(port));
    }
}
