package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;

/** A connection to an address that its owner has anyway, or over a Unix socket, most of whose clients share the one without a name. */
class NamedSocket extends EpollStreamSocket {
    private final SocketAddress remote;

    NamedSocket(int descriptor, SocketAddress remote) {
        super(descriptor, 0);
        this.remote = remote;
    }

    /** @param flags of {@link EpollStreamSocket} */
    NamedSocket(int descriptor, SocketAddress remote, int flags) {
        super(descriptor, flags);
        this.remote = remote;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remote;
    }
}
