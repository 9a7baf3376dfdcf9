package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import dev.sluice.runtime.transport.KernelPipe;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TcpInfo;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket, or one that connects. How its peer's address is kept is for subclasses to say.
 *
 * <p>The kernel tells what has become possible, once ({@code EPOLLET}); {@code state} remembers it until a call finds that it is over. The
 * handler does not see this: whatever it is interested in is told as long as it is so, without a system call when it is interested in
 * something else for a while.
 */
abstract class EpollStreamSocket extends Watched implements StreamSocket {
    /** A connect is under way: its end, good or bad, is told as writable. */
    static final int CONNECTING = 1;
    /** Both ends had sent FIN. */
    private static final int FINISHED = 2;
    /** {@link StreamSocket#BROKEN}: the system tells it once, and then pretends that the stream has ended. */
    private static final int BROKE = 4;
    /** {@link StreamSocket#BROKEN_AFTER_FIN}. */
    private static final int BROKE_AFTER_FIN = 8;
    /** A read that brings less than there was room for does not mean that there is no more. */
    static final int GREEDY = 16;
    /** The kernel tells of room to send too, which most sockets never have to wait for. */
    private static final int ROOM_IS_TOLD = 32;
    /** The poller will ask {@link #whatToTell}. */
    private static final int QUEUED = 64;

    /** What ends with nothing left to read, which no further event will tell. */
    private static final int ENDS = Linux.EPOLLRDHUP | Linux.EPOLLPRI | Linux.EPOLLERR | Linux.EPOLLHUP;
    private static final int OVER = Linux.EPOLLERR | Linux.EPOLLHUP;

    private byte flags;
    /** EPOLLIN, EPOLLOUT: what the handler wants to hear of. */
    private byte interest;
    /** EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP: what is so, as far as is known. */
    private byte state;

    EpollStreamSocket(int descriptor, int flags) {
        super(descriptor);
        boolean connecting = (flags & CONNECTING) != 0;
        this.flags = (byte) (connecting ? flags | ROOM_IS_TOLD : flags);
        this.state = (byte) (connecting ? 0 : Linux.EPOLLOUT);
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
            if (count < length && !has(GREEDY)) {
                // Whatever arrives from now on is told again.
                state &= ~Linux.EPOLLIN;
            }
            target.position(position + (int) count);
            return (int) count;
        }
        if (count == -Linux.EAGAIN) {
            state &= ~(Linux.EPOLLIN | OVER);
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
        int length = source.remaining();
        long count;
        try {
            count = Libc.send(by.scratch(), descriptor(), by.addressOf(source) + position, length, Linux.MSG_NOSIGNAL);
        } finally {
            Reference.reachabilityFence(source);
        }
        if (count < length) {
            // No room, which the kernel has noted: it tells when there is some.
            state &= ~Linux.EPOLLOUT;
        }
        if (count >= 0) {
            source.position(position + (int) count);
            return (int) count;
        }
        return count == -Linux.EAGAIN ? 0 : broke(count);
    }

    /** Moves what has arrived into an empty pipe. @return as {@link KernelPipe#fill} */
    final int spliceTo(int pipe, int most) {
        EpollPoller by = poller();
        if (by == null) {
            return BROKEN;
        }
        long count = Libc.splice(by.scratch(), descriptor(), pipe, most);
        if (count > 0) {
            // That it was less than asked for says nothing: a pipe is also full when it has no place for one more segment.
            return (int) count;
        }
        if (count == -Linux.EAGAIN) {
            if (has(GREEDY)) {
                // Nothing is there, or there is urgent data, which only a read steps over.
                return KernelPipe.UNSUPPORTED;
            }
            state &= ~(Linux.EPOLLIN | OVER);
            return 0;
        }
        if (count == -Linux.EINVAL || count == 0) {
            // A splice that ends may have met the end, or urgent data with the end somewhere behind it: a read tells.
            return KernelPipe.UNSUPPORTED;
        }
        return broke(count);
    }

    /** Sends what is in a pipe. @return as {@link #write} */
    final int spliceFrom(int pipe, int content) {
        EpollPoller by = poller();
        if (by == null) {
            return BROKEN;
        }
        long count = Libc.splice(by.scratch(), pipe, descriptor(), content);
        if (count < content) {
            state &= ~Linux.EPOLLOUT;
        }
        if (count >= 0) {
            return (int) count;
        }
        return count == -Linux.EAGAIN ? 0 : broke(count);
    }

    /** Linux reports a reset as EPIPE when FIN had been received before it, and as ECONNRESET when not. */
    private int broke(long failure) {
        state &= ~Linux.EPOLLERR;
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
        int wanted = (read ? Linux.EPOLLIN : 0) | (write ? Linux.EPOLLOUT : 0);
        if (wanted == interest) {
            return;
        }
        interest = (byte) wanted;
        EpollPoller by = poller();
        if (by == null) {
            return;
        }
        if (write && !has(ROOM_IS_TOLD)) {
            flags |= ROOM_IS_TOLD;
            by.control(Linux.EPOLL_CTL_MOD, this);
        }
        if (hasMoreToTell()) {
            by.tellLater(this);
        }
    }

    @Override
    final int watchedEvents() {
        return Linux.EPOLLET | Linux.EPOLLIN | Linux.EPOLLRDHUP | Linux.EPOLLPRI
                | (has(ROOM_IS_TOLD) ? Linux.EPOLLOUT : 0);
    }

    @Override
    final int onEvents(int events, EpollPoller by) {
        state |= (byte) (events & (Linux.EPOLLIN | Linux.EPOLLOUT | OVER));
        if ((events & ENDS) != 0) {
            // Also urgent data (RFC 6093): a read stops before it, however much follows.
            flags |= GREEDY;
            if ((events & OVER) == Linux.EPOLLHUP && !has(CONNECTING)) {
                flags |= FINISHED;
            }
        }
        return has(QUEUED) ? NOTHING : whatToTell(by);
    }

    /** What of {@link #state} the handler is interested in, or should know of whatever it is interested in; as {@link #onEvents} does. */
    private int whatToTell(EpollPoller by) {
        if (isBrokenUnread()) {
            int failure = takeError(by);
            state &= ~Linux.EPOLLERR;
            if (failure != 0) {
                return broke(failure);
            }
        }
        int possible = possible() & interest;
        return ((possible & Linux.EPOLLIN) != 0 ? READABLE : 0) | ((possible & Linux.EPOLLOUT) != 0 ? WRITABLE : 0);
    }

    @Override
    final boolean hasMoreToTell() {
        return (possible() & interest) != 0 || isBrokenUnread();
    }

    /** Who would read meets the break by reading, after the bytes that have arrived before it. */
    private boolean isBrokenUnread() {
        return (state & Linux.EPOLLERR) != 0 && (interest & Linux.EPOLLIN) == 0 && !has(CONNECTING);
    }

    private int possible() {
        return (state & OVER) == 0 ? state : Linux.EPOLLIN | Linux.EPOLLOUT;
    }

    /** Notes that the poller is about to ask. @return whether it was not already */
    final boolean queue() {
        boolean first = !has(QUEUED);
        flags |= QUEUED;
        return first;
    }

    /** The poller asks now. @return as {@link #onEvents} */
    final int dequeue(EpollPoller by) {
        flags &= ~QUEUED;
        return whatToTell(by);
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
        Scratch scratch = by.scratch();
        if (possible() != Linux.EPOLLOUT) {
            // Not simply room to send, as after a handshake.
            Failures.check(takeError(by));
            int connected = Libc.getpeername(scratch, descriptor(), scratch.addressAddress(),
                    scratch.length(Scratch.ADDRESS_BYTES));
            if (connected == -Linux.ENOTCONN) {
                state = 0;
                return false;
            }
            Failures.check(connected);
        }
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
    public final @Nullable SocketAddress localAddress() {
        EpollPoller by = poller();
        if (by == null) {
            return null;
        }
        Scratch scratch = by.scratch();
        int result = Libc.getsockname(scratch, descriptor(), scratch.addressAddress(),
                scratch.length(Scratch.ADDRESS_BYTES));
        return result < 0 ? null : SocketAddresses.get(scratch.address(), scratch.length());
    }

    @Override
    public final @Nullable TcpInfo tcpInfo() {
        EpollPoller by = poller();
        if (by == null) {
            return null;
        }
        Scratch scratch = by.scratch();
        int result = Libc.getsockopt(scratch, descriptor(), Linux.IPPROTO_TCP, Linux.TCP_INFO,
                scratch.addressAddress(), scratch.length(Linux.TCP_INFO_BYTES));
        if (result < 0 || scratch.length() < Linux.TCP_INFO_BYTES) {
            // A Unix socket, for one.
            return null;
        }
        return new TcpInfo(scratch.address().get(ValueLayout.JAVA_INT, Linux.TCP_INFO_RTT),
                scratch.address().get(ValueLayout.JAVA_INT, Linux.TCP_INFO_TOTAL_RETRANS));
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
