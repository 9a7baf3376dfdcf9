package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** A connection to an address that its owner has anyway, or over a Unix socket, most of whose clients share the one without a name. */
class NamedSocket extends EpollStreamSocket {
    private final SocketAddress remote;

    /** @param flags of {@link EpollStreamSocket} */
    NamedSocket(int descriptor, SocketAddress remote, int flags) {
        // Descriptors that are passed over a Unix socket, and its urgent data, stop a read as well, and nothing tells of them before.
        super(descriptor, remote instanceof UnixDomainSocketAddress ? flags | GREEDY : flags);
        this.remote = remote;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remote;
    }
}
