package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * A socket that keeps its peer's address as an object: a connection that this process has made, whose address belongs to an endpoint
 * anyway, or one accepted over a Unix socket, where most clients share the address without a name.
 */
class DialledSocket extends EpollStreamSocket {
    private final SocketAddress remote;

    /** @param flags of {@link EpollStreamSocket} */
    DialledSocket(int descriptor, SocketAddress remote, int flags) {
        // Descriptors that are passed over a Unix socket, and its urgent data, stop a read as well, and nothing tells of them before.
        super(descriptor, remote instanceof UnixDomainSocketAddress ? flags | GREEDY : flags);
        this.remote = remote;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remote;
    }
}
