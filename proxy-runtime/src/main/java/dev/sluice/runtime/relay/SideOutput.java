package dev.sluice.runtime.relay;

import java.net.SocketAddress;

import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.Waiter;
import dev.sluice.runtime.observe.OwnedBytes;
import dev.sluice.runtime.transport.SocketQueues;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TcpInfo;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link Side}: the socket, the bytes that wait to be sent on it, FIN. On the connection's loop.
 *
 * <p>A side owns a buffer in two cases only: its peer has sent more than it takes, and then the peer is not read; or
 * filters hold the last bytes of its peer. Both wait in {@code pending}. Spliced bytes, which never entered the
 * process, wait in a kernel pipe.
 */
abstract class SideOutput extends Waiter {
    final Connection connection;
    /** The socket: the client's from the start, the endpoint's from the first attempt to connect. */
    private @Nullable StreamSocket socket;
    private @Nullable Buffer pending;
    /** Spliced bytes not yet taken; non-empty while set. */
    private @Nullable KernelPipe pendingPipe;
    /** The time at which a byte was last sent; of a broken side, the time at which it broke. */
    private long since;
    /** OPEN, FIN_SENT, BROKEN or BROKEN_AFTER_FIN of {@link SideTable}. */
    private byte sending = SideTable.OPEN;
    /** Whether the bytes last taken by {@link #takePending} were owed already, and none was sent since. */
    private boolean owedBefore;

    SideOutput(Connection connection, @Nullable StreamSocket socket) {
        this.connection = connection;
        this.socket = socket;
    }

    /** The opposite side. */
    abstract Side peer();

    /** This object as a side. */
    abstract Side self();

    /** Sets the readiness that the poller reports from now on. */
    abstract void updateInterest();

    /** The socket; the caller knows that there is one. */
    final StreamSocket socket() {
        StreamSocket open = socket;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    /** Replaces the socket by one that passes everything on to it, or back. */
    final void socket(StreamSocket other) {
        socket = other;
    }

    final boolean hasSocket() {
        return socket != null;
    }

    /** The kernel's measurements of the path to this side; null = none. */
    @Nullable
    final TcpInfo tcpInfo() {
        return socket == null ? null : socket.tcpInfo();
    }

    /** Starts a connect; its end is reported as readiness. */
    final void connect(SocketAddress address) throws TransportException {
        socket = connection.loop().poller().connect(address, connection.settings().socket(), self());
    }

    /** Gives up a connect. */
    void abortConnect() {
        if (socket != null) {
            socket.reset();
            socket = null;
        }
    }

    final boolean broken() {
        return sending >= SideTable.BROKEN;
    }

    /** Whether this side broke without a FIN before: the stream that it sent is not complete. */
    final boolean brokeEarly() {
        return sending == SideTable.BROKEN;
    }

    /** The time at which this side broke; for broken sides only. */
    final long brokenSince() {
        return since;
    }

    /** Whether nothing waits to be sent on this side, and filters hold no bytes of its peer. */
    boolean drained() {
        return pending == null && pendingPipe == null && connection.filters(peer()) == null;
    }

    /** Whether everything for this side was handed to the kernel, and has arrived as far as the kernel knows. */
    final boolean isDelivered() {
        return !owed() && (socket == null || broken() || socket.unacknowledged() == 0);
    }

    /** Bytes of buffer that this side owns now. */
    int bufferBytes() {
        return (pending == null ? 0 : pending.capacity()) + (pendingPipe == null ? 0 : pendingPipe.capacity());
    }

    /** Adds up what {@link #bufferBytes} counts, by owner. */
    void addOwned(OwnedBytes sum) {
        Buffer waiting = pending;
        if (waiting != null) {
            DirectionChain filters = connection.filters(peer());
            String holder = waiting.remaining() > 0 || filters == null ? null : filters.holder();
            if (holder == null) {
                sum.waiting(waiting);
            } else {
                sum.held(holder, waiting);
            }
        }
        if (pendingPipe != null) {
            sum.pipe(pendingPipe.capacity());
        }
    }

    /** The kernel's queues of the socket; null = none are known. */
    @Nullable
    final SocketQueues queues() {
        return socket == null ? null : socket.queues();
    }

    /** Whether bytes wait that may be sent on this side now. */
    boolean owed() {
        return pendingPipe != null || (pending != null && pending.remaining() > 0);
    }

    /** Whether {@link #flush} could send something if the kernel had room. */
    boolean canFlush() {
        return owed();
    }

    /**
     * The time at which this side last took a byte of those owed to it; {@link RelayDeadlines#NEVER} = nothing is owed
     * to it.
     */
    final long owedSince() {
        return owed() ? since : RelayDeadlines.NEVER;
    }

    /** Hands bytes to the kernel. @return their number; negative = this side is broken */
    int write(Buffer bytes) {
        return sent(socket().write(bytes));
    }

    private int drain(KernelPipe pipe) {
        return sent(socket().spliceFrom(pipe));
    }

    private int sent(int count) {
        if (count > 0) {
            since = connection.now();
            owedBefore = false;
        }
        return count;
    }

    /** Hands the pending buffer to the caller; null = there is none. */
    @Nullable
    final Buffer takePending() {
        Buffer taken = pending;
        owedBefore = owed();
        pending = null;
        return taken;
    }

    /**
     * Keeps bytes for this side: the rest of a short write, bytes that filters hold, or bytes collected before an
     * endpoint is connected.
     */
    final void owe(Buffer rest) {
        if (connection.closed()) {
            connection.loop().memory().giveBack(rest);
            return;
        }
        pending = rest;
        if (owed() && connection.state() == RelayState.OPEN) {
            startStall(owedBefore ? since : connection.now());
            owedBefore = false;
        }
        updateInterest();
    }

    final void startStall(long from) {
        since = from;
        connection.deadlineNoLaterThan(RelayDeadlines.stall(connection.settings(), from));
    }

    /**
     * Sends the content of a pipe, and keeps the pipe if bytes are left.
     *
     * @return whether all of it was sent; if not, the caller no longer owns the pipe
     */
    final boolean sendOrKeep(KernelPipe pipe) {
        int sent = drain(pipe);
        if (sent < 0) {
            connection.loop().pipes().discard(pipe);
            broke(sent);
            return false;
        }
        if (pipe.content() == 0) {
            return true;
        }
        pendingPipe = pipe;
        startStall(connection.now());
        updateInterest();
        return false;
    }

    /** Sends the bytes collected so far, when the endpoint is connected. */
    final void startSending() {
        since = connection.now();
        if (owed()) {
            flush();
        } else if (peer().ended()) {
            finishIfDrained();
        }
    }

    /**
     * Sends the owed bytes, as far as the kernel takes them.
     *
     * @return whether anything was taken, or this side broke
     */
    boolean flush() {
        int sent;
        boolean all;
        if (pendingPipe != null) {
            sent = drain(pendingPipe);
            all = pendingPipe.content() == 0;
        } else if (pending != null && pending.remaining() > 0) {
            sent = write(pending);
            all = pending.remaining() == 0;
        } else {
            return true;
        }
        if (sent < 0) {
            broke(sent);
            return true;
        }
        if (sent > 0) {
            connection.touch();
        }
        if (pending != null && pending.content() > 0) {
            // Bytes that filters hold, or that were not taken.
            pending = connection.loop().memory().compact(pending);
        } else if (all) {
            releasePending();
        }
        if (all) {
            resumePeer();
        }
        return all || sent > 0;
    }

    /** Lets the peer be read again, because nothing is owed to this side. */
    final void resumePeer() {
        updateInterest();
        Side from = peer();
        DirectionChain filters = connection.filters(from);
        if (filters != null && filters.blocked()) {
            connection.runFilters(from);
        } else if (from.ended() || connection.state() == RelayState.LINGERING) {
            finishIfDrained();
        } else {
            from.updateInterest();
        }
    }

    /** Sends FIN, or ends the connection, if nothing waits for this side and nothing more will come. */
    final void finishIfDrained() {
        if (drained() && connection.sendLastBytes(self()) && sayGoodbye()) {
            connection.onDelivered(self());
        }
    }

    /** Discards the bytes that filters hold for this side and will not let pass. */
    final void discardHeld() {
        if (pending != null) {
            pending.discardHeld();
            if (pending.content() == 0) {
                connection.loop().memory().giveBack(pending);
                pending = null;
            }
        }
    }

    /** Sends FIN, once. */
    final void sendFin() {
        if (sending == SideTable.OPEN) {
            sending = SideTable.FIN_SENT;
            socket().shutdownOutput();
        }
    }

    /**
     * Marks this side broken: the kernel takes no more bytes for it, and those that waited are released.
     *
     * @param how {@link StreamSocket#BROKEN} or {@link StreamSocket#BROKEN_AFTER_FIN}
     */
    final void broke(int how) {
        sending = how == StreamSocket.BROKEN_AFTER_FIN ? SideTable.BROKEN_AFTER_FIN : SideTable.BROKEN;
        since = connection.now();
        // Bytes that filters hold for this side can go nowhere.
        connection.abandonFilters(peer());
        release();
        updateInterest();
        peer().updateInterest();
        connection.onBroken(self());
    }

    /**
     * Sends what comes behind the last byte of the stream and before FIN. @return whether all of it has been handed to the
     * kernel; otherwise it is asked again
     */
    boolean sayGoodbye() {
        return true;
    }

    /** Gives back every buffer and pipe for sending, and the place in the queue for memory. */
    void release() {
        connection.loop().memory().cancel(this);
        releasePending();
    }

    private void releasePending() {
        LoopMemory memory = connection.loop().memory();
        if (pending != null) {
            memory.giveBack(pending);
            pending = null;
        }
        if (pendingPipe != null) {
            connection.loop().pipes().giveBack(pendingPipe);
            pendingPipe = null;
        }
    }

    /**
     * Ends this side with the connection.
     *
     * @param cut whether the stream sent to this side is incomplete
     */
    void end(boolean cut) {
        release();
        if (socket == null) {
            return;
        }
        if (cut && sending != SideTable.FIN_SENT) {
            socket.reset();
        } else {
            // After FIN the stream is complete, and the kernel may still be delivering it: a reset would destroy its
            // tail.
            socket.close();
        }
    }
}
