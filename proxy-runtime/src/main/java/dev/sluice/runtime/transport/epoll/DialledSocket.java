package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * A socket that keeps its peer's address as an object. Used for connections that this process has opened, where the
 * object belongs to an endpoint anyway, and for connections accepted over a Unix socket, where most clients share the
 * address without a name.
 */
class DialledSocket extends EpollStreamSocket {
    private final SocketAddress remote;

    /** @param flags of {@link EpollStreamSocket} */
    DialledSocket(int descriptor, SocketAddress remote, int flags) {
        // Descriptors that are passed over a Unix socket, and its urgent data, stop a read as well, and no event
        // announces them.
        super(descriptor, remote instanceof UnixDomainSocketAddress ? flags | GREEDY : flags);
        this.remote = remote;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remote;
    }
}
