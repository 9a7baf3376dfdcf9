package dev.sluice.runtime.transport.epoll;

import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;

/** A connected socket, or one that connects. How its peer's address is kept is for subclasses to say. */
abstract class EpollStreamSocket extends Watched implements StreamSocket {
    /** A connect is under way: its end, good or bad, is told as writable. */
    static final int CONNECTING = 1;
    /** Both ends had sent FIN. */
    private static final int FINISHED = 2;
    /** {@link StreamSocket#BROKEN}: the system tells it once, and then pretends that the stream has ended. */
    private static final int BROKE = 4;
    /** {@link StreamSocket#BROKEN_AFTER_FIN}. */
    private static final int BROKE_AFTER_FIN = 8;

    private byte flags;

    EpollStreamSocket(int descriptor, int flags) {
        super(descriptor);
        this.flags = (byte) flags;
    }

    /** Sets what was configured; nothing for a Unix socket, which knows none of it. */
    static void configure(int descriptor, SocketOptions options, Scratch scratch) throws SocketFailure {
        if (options.noDelay()) {
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1, scratch);
        }
        if (options.keepAliveIdleSeconds() > 0) {
            set(descriptor, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 1, scratch);
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, options.keepAliveIdleSeconds(), scratch);
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_KEEPINTVL, options.keepAliveIntervalSeconds(), scratch);
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_KEEPCNT, options.keepAliveCount(), scratch);
        }
        if (options.userTimeoutMillis() > 0) {
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_USER_TIMEOUT, options.userTimeoutMillis(), scratch);
        }
    }

    static void set(int descriptor, int level, int name, int value, Scratch scratch) throws SocketFailure {
        Failures.check(Libc.setsockopt(scratch, descriptor, level, name, scratch.value(value), Integer.BYTES));
    }

    @Override
    public final int read(ByteBuffer target) {
        EpollPoller by = poller();
        if (by == null) {
            return BROKEN;
        }
        int position = target.position();
        int length = target.remaining();
        if (length == 0) {
            return 0;
        }
        long count;
        try {
            count = Libc.recv(by.scratch(), descriptor(), by.addressOf(target) + position, length, 0);
        } finally {
            Reference.reachabilityFence(target);
        }
        if (count > 0) {
            target.position(position + (int) count);
            return (int) count;
        }
        if (count == -Linux.EAGAIN) {
            return 0;
        }
        if (count == 0) {
            return has(BROKE) ? BROKEN : END_OF_STREAM;
        }
        return broke(count);
    }

    @Override
    public final int write(ByteBuffer source) {
        EpollPoller by = poller();
        if (by == null) {
            return BROKEN;
        }
        int position = source.position();
        long count;
        try {
            count = Libc.send(by.scratch(), descriptor(), by.addressOf(source) + position, source.remaining(),
                    Linux.MSG_NOSIGNAL);
        } finally {
            Reference.reachabilityFence(source);
        }
        if (count >= 0) {
            source.position(position + (int) count);
            return (int) count;
        }
        return count == -Linux.EAGAIN ? 0 : broke(count);
    }

    /** Linux reports a reset as EPIPE when FIN had been received before it, and as ECONNRESET when not. */
    private int broke(long failure) {
        if (!has(BROKE | BROKE_AFTER_FIN)) {
            flags |= (byte) (failure == -Linux.EPIPE || has(FINISHED) ? BROKE_AFTER_FIN : BROKE);
        }
        return has(BROKE) ? BROKEN : BROKEN_AFTER_FIN;
    }

    private boolean has(int any) {
        return (flags & any) != 0;
    }

    @Override
    public final void interest(boolean read, boolean write) {
        interest((read ? Linux.EPOLLIN : 0) | (write ? Linux.EPOLLOUT : 0));
    }

    @Override
    final int onEvents(int events, EpollPoller by) {
        int interest = interest();
        boolean error = (events & Linux.EPOLLERR) != 0;
        boolean over = error || (events & Linux.EPOLLHUP) != 0;
        if (error && !has(CONNECTING) && (interest & Linux.EPOLLIN) == 0) {
            setAside();
            int failure = takeError(by);
            return failure == 0 ? NOTHING : broke(failure);
        }
        int ready = NOTHING;
        if ((interest & Linux.EPOLLIN) != 0 && (over || (events & Linux.EPOLLIN) != 0)) {
            ready |= READABLE;
        }
        if ((interest & Linux.EPOLLOUT) != 0 && (over || (events & Linux.EPOLLOUT) != 0)) {
            ready |= WRITABLE;
        }
        if (ready == NOTHING && over) {
            // Both ends have sent FIN, or the break is known already. There may be bytes left to read.
            flags |= (byte) FINISHED;
            setAside();
        }
        return ready;
    }

    /** Why the connection broke, which the system tells once. @return the negated errno; 0 = it did not */
    private int takeError(EpollPoller by) {
        Scratch scratch = by.scratch();
        int result = Libc.getsockopt(scratch, descriptor(), Linux.SOL_SOCKET, Linux.SO_ERROR, scratch.value(0),
                scratch.length(Integer.BYTES));
        return result < 0 ? result : -scratch.value();
    }

    @Override
    public boolean finishConnect() throws SocketFailure {
        EpollPoller by = poller();
        if (by == null) {
            throw new SocketFailure(SocketFailure.Kind.OTHER, "closed");
        }
        Failures.check(takeError(by));
        Scratch scratch = by.scratch();
        int connected = Libc.getpeername(scratch, descriptor(), scratch.addressAddress(),
                scratch.length(Scratch.ADDRESS_BYTES));
        if (connected == -Linux.ENOTCONN) {
            return false;
        }
        Failures.check(connected);
        if (remoteAddress() instanceof InetSocketAddress remote) {
            Failures.check(Libc.getsockname(scratch, descriptor(), scratch.addressAddress(),
                    scratch.length(Scratch.ADDRESS_BYTES)));
            // On one machine, a connect to a port nobody listens on may get that very port as its own and so meet itself
            // (simultaneous open, RFC 9293 section 3.5).
            if (SocketAddresses.same(scratch.address(), remote)) {
                throw new SocketFailure(SocketFailure.Kind.REFUSED, "Connection refused (connected to itself)");
            }
        }
        flags &= ~CONNECTING;
        return true;
    }

    @Override
    public final void shutdownOutput() {
        if (isOpen()) {
            Libc.shutdown(descriptor(), Linux.SHUT_WR);
        }
    }

    @Override
    public final void close() {
        release();
    }

    @Override
    public final void reset() {
        if (isOpen()) {
            Libc.abortOnClose(descriptor());
            release();
        }
    }
}
