package dev.sluice.runtime.transport.epoll;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;

import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;

/**
 * The transport over epoll in a process that was started with listening sockets: a listener with the address of one of
 * them gets that one, as often as it is asked for.
 */
public final class ActivatedTransport implements Transport {
    private final EpollTransport own = new EpollTransport();
    private final List<PassedSocket> passed;

    /** @param passed with different addresses */
    public ActivatedTransport(List<PassedSocket> passed) {
        this.passed = List.copyOf(passed);
    }

    @Override
    public String name() {
        return own.name();
    }

    @Override
    public Poller openPoller() throws TransportException {
        return own.openPoller();
    }

    @Override
    public ServerSocket listen(SocketAddress address, ListenOptions options) throws TransportException {
        for (PassedSocket socket : passed) {
            if (socket.address().equals(address)) {
                return socket.take(options);
            }
        }
        return own.listen(address, options);
    }

    @Override
    public boolean isLocal(InetAddress address) {
        return own.isLocal(address);
    }

    @Override
    public boolean hasPipes() {
        return own.hasPipes();
    }

    @Override
    public boolean canChangeBacklog() {
        return own.canChangeBacklog();
    }

    @Override
    public Spare openSpare() throws TransportException {
        return own.openSpare();
    }
}
