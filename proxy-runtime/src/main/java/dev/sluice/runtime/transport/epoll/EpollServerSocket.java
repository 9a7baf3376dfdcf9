package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.UnixPaths;
import org.jspecify.annotations.Nullable;

/** A listening socket, with scratch memory of its own: it may be used before it has a poller, and by another thread. */
final class EpollServerSocket extends EpollHandle implements ServerSocket {
    private final SocketAddress address;
    private final CallScratch scratch;
    private final UnixPaths.@Nullable Identity file;
    /** Whether the socket belongs to the one that started the process. */
    private final boolean passedIn;
    private boolean paused = true;

    /**
     * A socket that takes over a listening descriptor and the scratch memory.
     *
     * @param file of a Unix socket, to be removed with it
     */
    EpollServerSocket(int descriptor, SocketAddress address, UnixPaths.@Nullable Identity file, CallScratch scratch) {
        this(descriptor, address, file, false, scratch);
    }

    /** A socket that takes over the scratch memory and a second descriptor of a socket that was passed in. */
    EpollServerSocket(int descriptor, SocketAddress address, CallScratch scratch) {
        this(descriptor, address, null, true, scratch);
    }

    private EpollServerSocket(int descriptor, SocketAddress address, UnixPaths.@Nullable Identity file,
            boolean passedIn,
            CallScratch scratch) {
        super(descriptor);
        this.address = address;
        this.scratch = scratch;
        this.file = file;
        this.passedIn = passedIn;
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
            // Not out of the set: the way back could fail.
            poller.control(Linux.EPOLL_CTL_MOD, this);
        }
    }

    @Override
    public void configure(ListenOptions options) throws TransportException {
        if (!(address instanceof UnixDomainSocketAddress)) {
            SocketOptions accepted = options.accepted();
            set(Linux.IPPROTO_TCP, Linux.TCP_NODELAY, accepted.noDelay() ? 1 : 0);
            set(Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, accepted.keepAliveIdleSeconds() > 0 ? 1 : 0);
            set(Linux.IPPROTO_TCP, Linux.TCP_USER_TIMEOUT, accepted.userTimeoutMillis());
            SocketSettings.configure(descriptor(), accepted, scratch);
        }
        // Once more on a socket that listens, which changes its backlog.
        Errno.check(Libc.listen(scratch, descriptor(), options.backlog()));
    }

    private void set(int level, int name, int value) throws TransportException {
        SocketSettings.set(descriptor(), level, name, value, scratch);
    }

    @Override
    public void shared(boolean share) throws TransportException {
        if (passedIn) {
            throw new TransportException(TransportException.Kind.ADDRESS_IN_USE,
                    "the service manager holds a socket on this port");
        }
        if (!(address instanceof UnixDomainSocketAddress)) {
            set(Linux.SOL_SOCKET, Linux.SO_REUSEPORT, share ? 1 : 0);
        }
    }

    @Override
    public boolean refuseHandshakes() {
        return isOpen() && !passedIn && !(address instanceof UnixDomainSocketAddress)
                && Libc.setsockopt(scratch, descriptor(), Linux.SOL_SOCKET, Linux.SO_ATTACH_FILTER, SynFilter.address(),
                        SynFilter.BYTES) >= 0;
    }

    @Override
    public boolean isPassedIn() {
        return passedIn;
    }

    @Override
    public boolean isInPlace() {
        return !(address instanceof UnixDomainSocketAddress unix) || file == null
                || file.equals(UnixPaths.identity(unix));
    }

    /** Level-triggered: a loop takes a few connections at a time, and another loop may take the rest. */
    @Override
    int watchedEvents() {
        return paused ? 0 : Linux.EPOLLIN;
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
        EpollPoller poller = poller();
        if (passedIn && poller != null) {
            // The socket lives on, and with it its place in the epoll set, of which nothing could take it out later.
            poller.control(Linux.EPOLL_CTL_DEL, this);
        }
        if (release()) {
            scratch.close();
            if (address instanceof UnixDomainSocketAddress unix) {
                UnixPaths.remove(unix, file);
            }
        }
    }
}
