package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.transport.SocketQueues;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TcpInfo;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is connected, or connecting. Subclasses differ in how they keep the peer's address.
 *
 * <p>The kernel reports once what has become possible ({@code EPOLLET}); {@code state} remembers it until a call finds
 * that it is over. The handler does not see this: it is called as long as the socket is ready for something it is
 * interested in, and no system call is needed when its interest changes for a while.
 */
abstract class EpollStreamSocket extends EpollHandle implements StreamSocket {
    /** A connect is under way; its end, good or bad, is reported as writable. */
    static final int CONNECTING = 1;
    /** Both ends have sent FIN. */
    private static final int FINISHED = 2;
    /** {@link StreamSocket#BROKEN}: the system reports it once, and then a plain end of stream. */
    private static final int BROKE = 4;
    /** {@link StreamSocket#BROKEN_AFTER_FIN}. */
    private static final int BROKE_AFTER_FIN = 8;
    /** A read that returns less than there was room for may have left more. */
    static final int GREEDY = 16;
    /** The kernel reports room to send too, which most sockets never have to wait for. */
    private static final int REPORTS_ROOM = 32;
    /** The poller will call {@link #dequeue}. */
    private static final int QUEUED = 64;
    /** The last splice to this socket was short, and may have met an error that the system has forgotten with it. */
    private static final int ERROR_MAY_BE_LOST = 128;

    /** Events after which a read may stop early, or find the end, without a further event. */
    private static final int ENDS = Linux.EPOLLRDHUP | Linux.EPOLLPRI | Linux.EPOLLERR | Linux.EPOLLHUP;
    private static final int OVER = Linux.EPOLLERR | Linux.EPOLLHUP;

    private byte flags;
    /** EPOLLIN, EPOLLOUT: the readiness that the handler is interested in. */
    private byte interest;
    /** EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP: the readiness as far as it is known. */
    private byte state;

    EpollStreamSocket(int descriptor, int flags) {
        super(descriptor);
        boolean connecting = (flags & CONNECTING) != 0;
        this.flags = (byte) (connecting ? flags | REPORTS_ROOM : flags);
        this.state = (byte) (connecting ? 0 : Linux.EPOLLOUT);
    }

    /** The native address of a direct buffer's first byte, whose position is zero. */
    private static long addressOf(ByteBuffer memory) {
        return MemorySegment.ofBuffer(memory).address();
    }

    @Override
    public final int read(Buffer target) {
        EpollPoller poller = poller();
        if (poller == null) {
            return BROKEN;
        }
        int length = target.readLimit();
        if (length == 0) {
            return 0;
        }
        long count;
        try {
            count = Libc.recv(poller.scratch(), descriptor(), target.addressForRead(EpollStreamSocket::addressOf),
                    length,
                    0);
        } finally {
            Reference.reachabilityFence(target);
        }
        if (count > 0) {
            if (count < length && !has(GREEDY)) {
                // Bytes that arrive from now on are reported again.
                state &= ~Linux.EPOLLIN;
            }
            target.filled((int) count);
            return (int) count;
        }
        if (count == -Linux.EAGAIN) {
            state &= ~(Linux.EPOLLIN | OVER);
            return 0;
        }
        if (count == 0) {
            if (has(ERROR_MAY_BE_LOST) && SocketFacts.tcpState(poller.scratch(), descriptor()) == Linux.TCP_CLOSE) {
                return broke(-Linux.ECONNRESET);
            }
            return has(BROKE) ? BROKEN : END_OF_STREAM;
        }
        return broke(count);
    }

    @Override
    public final int write(Buffer source) {
        EpollPoller poller = poller();
        if (poller == null) {
            return BROKEN;
        }
        int length = source.remaining();
        long count;
        try {
            count = Libc.send(poller.scratch(), descriptor(), source.addressForWrite(EpollStreamSocket::addressOf),
                    length,
                    Linux.MSG_NOSIGNAL);
        } finally {
            Reference.reachabilityFence(source);
        }
        if (count < length) {
            // No room, which the kernel has noted: it reports when there is some.
            state &= ~Linux.EPOLLOUT;
        }
        if (count >= 0) {
            flags = (byte) (flags & ~ERROR_MAY_BE_LOST);
            source.sent((int) count);
            return (int) count;
        }
        return count == -Linux.EAGAIN ? 0 : broke(count);
    }

    @Override
    public final boolean splices() {
        return true;
    }

    @Override
    public final int spliceTo(KernelPipe pipe, int most) {
        if (!(pipe instanceof EpollPipe target)) {
            return UNSUPPORTED;
        }
        EpollPoller poller = poller();
        if (poller == null) {
            return BROKEN;
        }
        if (target.content() > 0) {
            throw new IllegalStateException("still holds " + target.content() + " bytes");
        }
        long count = Libc.splice(poller.scratch(), descriptor(), target.writeEnd(), Math.min(most, target.capacity()));
        if (count > 0) {
            target.filled((int) count);
            // A short count means nothing: a pipe is also full when it has no place for one more segment.
            return (int) count;
        }
        if (count == -Linux.EAGAIN) {
            if (has(GREEDY)) {
                // Nothing is there, or there is urgent data, which only a read steps over.
                return UNSUPPORTED;
            }
            state &= ~(Linux.EPOLLIN | OVER);
            return 0;
        }
        if (count == -Linux.EINVAL || count == 0) {
            // The splice met the end, or urgent data with the end somewhere behind it: a read finds out which.
            return UNSUPPORTED;
        }
        return broke(count);
    }

    @Override
    public final int spliceFrom(KernelPipe pipe) {
        if (!(pipe instanceof EpollPipe source)) {
            return UNSUPPORTED;
        }
        EpollPoller poller = poller();
        if (poller == null) {
            return BROKEN;
        }
        long count = Libc.splice(poller.scratch(), source.readEnd(), descriptor(), source.content());
        boolean isShort = count < source.content();
        if (isShort) {
            state &= ~Linux.EPOLLOUT;
        }
        if (count >= 0) {
            flags = (byte) (isShort ? flags | ERROR_MAY_BE_LOST : flags & ~ERROR_MAY_BE_LOST);
            source.drained((int) count);
            return (int) count;
        }
        return count == -Linux.EAGAIN ? 0 : broke(count);
    }

    /**
     * Linux reports a reset as EPIPE when FIN had been received before it, and as ECONNRESET when not. It reports it once,
     * and then each send as EPIPE. A splice that was short may have been what it was reported to: then nobody knows, and
     * the stream counts as cut, since a cut stream must not look whole.
     */
    private int broke(long failure) {
        state &= ~Linux.EPOLLERR;
        if (!has(BROKE | BROKE_AFTER_FIN)) {
            boolean afterFin = has(FINISHED) || (failure == -Linux.EPIPE && !has(ERROR_MAY_BE_LOST));
            flags |= (byte) (afterFin ? BROKE_AFTER_FIN : BROKE);
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
        EpollPoller poller = poller();
        if (poller == null) {
            return;
        }
        if (write && !has(REPORTS_ROOM)) {
            flags |= REPORTS_ROOM;
            poller.control(Linux.EPOLL_CTL_MOD, this);
        }
        if (hasPendingReadiness()) {
            poller.deliverLater(this);
        }
    }

    @Override
    final int watchedEvents() {
        return Linux.EPOLLET | Linux.EPOLLIN | Linux.EPOLLRDHUP | Linux.EPOLLPRI
                | (has(REPORTS_ROOM) ? Linux.EPOLLOUT : 0);
    }

    @Override
    final int onEvents(int events, EpollPoller poller) {
        state |= (byte) (events & (Linux.EPOLLIN | Linux.EPOLLOUT | OVER));
        if ((events & ENDS) != 0) {
            // Also for urgent data (RFC 6093): a read stops before it, however much follows.
            flags |= GREEDY;
            if ((events & OVER) == Linux.EPOLLHUP && !has(CONNECTING | ERROR_MAY_BE_LOST)) {
                flags |= FINISHED;
            }
        }
        return has(QUEUED) ? NOTHING : readiness(poller);
    }

    /**
     * The readiness that the handler is interested in, or a break that it is given in any case; as {@link #onEvents}
     * returns it.
     */
    private int readiness(EpollPoller poller) {
        if (isBrokenUnread()) {
            int failure = SocketFacts.takeError(poller.scratch(), descriptor());
            state &= ~Linux.EPOLLERR;
            if (failure != 0) {
                return broke(failure);
            }
        }
        int possible = possible() & interest;
        return ((possible & Linux.EPOLLIN) != 0 ? READABLE : 0) | ((possible & Linux.EPOLLOUT) != 0 ? WRITABLE : 0);
    }

    @Override
    final boolean hasPendingReadiness() {
        return (possible() & interest) != 0 || isBrokenUnread();
    }

    /**
     * Whether the connection broke while the handler does not read. A handler that reads meets the break by reading,
     * after the bytes that arrived before it.
     */
    private boolean isBrokenUnread() {
        return (state & Linux.EPOLLERR) != 0 && (interest & Linux.EPOLLIN) == 0 && !has(CONNECTING);
    }

    private int possible() {
        return (state & OVER) == 0 ? state : Linux.EPOLLIN | Linux.EPOLLOUT;
    }

    /** Notes that the poller has queued this socket. @return whether it was not queued already */
    final boolean queue() {
        boolean first = !has(QUEUED);
        flags |= QUEUED;
        return first;
    }

    /** The readiness, when the poller takes this socket from its queue. @return as {@link #onEvents} */
    final int dequeue(EpollPoller poller) {
        flags &= ~QUEUED;
        return readiness(poller);
    }

    @Override
    public boolean finishConnect() throws TransportException {
        EpollPoller poller = poller();
        if (poller == null) {
            throw new TransportException(TransportException.Kind.OTHER, "closed");
        }
        CallScratch scratch = poller.scratch();
        if (possible() != Linux.EPOLLOUT) {
            // More than room to send, which is all that a handshake brings.
            Errno.check(SocketFacts.takeError(scratch, descriptor()));
            int connected = Libc.getpeername(scratch, descriptor(), scratch.addressAddress(),
                    scratch.length(CallScratch.ADDRESS_BYTES));
            if (connected == -Linux.ENOTCONN) {
                state = 0;
                return false;
            }
            Errno.check(connected);
        }
        if (remoteAddress() instanceof InetSocketAddress remote) {
            Errno.check(Libc.getsockname(scratch, descriptor(), scratch.addressAddress(),
                    scratch.length(CallScratch.ADDRESS_BYTES)));
            // On one machine, a connect to a port nobody listens on may get that very port as its own and so meet itself
            // (simultaneous open, RFC 9293 section 3.5).
            if (SocketAddresses.same(scratch.address(), remote)) {
                throw new TransportException(TransportException.Kind.REFUSED,
                        "Connection refused (connected to itself)");
            }
        }
        flags &= ~CONNECTING;
        return true;
    }

    @Override
    public final @Nullable SocketAddress localAddress() {
        EpollPoller owner = poller();
        if (owner == null) {
            return null;
        }
        return SocketFacts.localAddress(owner.scratch(), descriptor());
    }

    @Override
    public final @Nullable TcpInfo tcpInfo() {
        EpollPoller poller = poller();
        return poller == null ? null : SocketFacts.tcpInfo(poller.scratch(), descriptor());
    }

    @Override
    public final void shutdownOutput() {
        if (isOpen()) {
            Libc.shutdown(descriptor(), Linux.SHUT_WR);
        }
    }

    @Override
    public final int unacknowledged() {
        EpollPoller poller = poller();
        return poller == null ? 0 : SocketFacts.queued(poller.scratch(), descriptor(), Linux.SIOCOUTQ);
    }

    @Override
    public final @Nullable SocketQueues queues() {
        EpollPoller poller = poller();
        return poller == null ? null : SocketFacts.queues(poller.scratch(), descriptor());
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
