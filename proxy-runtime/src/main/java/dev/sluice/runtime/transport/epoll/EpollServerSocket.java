package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.UnixPaths;
import org.jspecify.annotations.Nullable;

/** A listening socket, with scratch memory of its own: it may be used before it has a poller, and by another thread. */
final class EpollServerSocket extends EpollHandle implements ServerSocket {
    private final SocketAddress address;
    private final CallScratch scratch;
    private final UnixPaths.@Nullable Identity file;
    private boolean paused;

    /**
     * A socket that takes over a listening descriptor and the scratch memory.
     *
     * @param file of a Unix socket, to be removed with it
     */
    EpollServerSocket(int descriptor, SocketAddress address, UnixPaths.@Nullable Identity file, CallScratch scratch) {
        super(descriptor);
        this.address = address;
        this.scratch = scratch;
        this.file = file;
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public @Nullable StreamSocket accept() throws TransportException {
        if (!isOpen()) {
            throw new TransportException(TransportException.Kind.OTHER, "closed");
        }
        int accepted = Libc.accept4(scratch, descriptor(), scratch.addressAddress(),
                scratch.length(CallScratch.ADDRESS_BYTES), Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
        if (accepted == -Linux.EAGAIN) {
            return null;
        }
        Errno.check(accepted);
        return SocketAddresses.accepted(accepted, scratch.address(), scratch.length());
    }

    @Override
    public void interest(boolean accept) {
        EpollPoller poller = poller();
        if (poller != null && accept == paused) {
            paused = !accept;
            poller.control(accept ? Linux.EPOLL_CTL_ADD : Linux.EPOLL_CTL_DEL, this);
        }
    }

    /** Level-triggered: a loop takes a few connections at a time, and another loop may take the rest. */
    @Override
    int watchedEvents() {
        return Linux.EPOLLIN;
    }

    @Override
    int onEvents(int events, EpollPoller registered) {
        return paused ? NOTHING : READABLE;
    }

    @Override
    boolean hasPendingReadiness() {
        return false;
    }

    @Override
    public void close() {
        if (release()) {
            scratch.close();
            if (address instanceof UnixDomainSocketAddress unix) {
                UnixPaths.remove(unix, file);
            }
        }
    }
}
