package dev.sluice.runtime.relay;

import java.net.SocketAddress;

import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.Waiter;
import dev.sluice.runtime.transport.KernelPipe;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TcpInfo;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a {@link Relay}, with what waits to be sent on it. On the relay's loop.
 *
 * <p>A side owns a buffer in two cases only: its peer has sent more than it takes, and then the peer is not read; or filters have not let the last
 * bytes of its peer pass yet. Both wait in {@code pending}. What waits of bytes that never entered the process is in a pipe.
 */
final class Side extends Waiter implements ReadyHandler {
    /** Bytes that one event may move before the others get their turn. */
    static final int BYTES_PER_EVENT = 256 * 1024;

    private final Relay relay;
    /** The client from the start; the endpoint's once there is one. */
    private @Nullable StreamSocket socket;
    private @Nullable Buffer pending;
    /** Or this, which is never empty. */
    private @Nullable KernelPipe pendingPipe;
    private long bytesRead;
    /** When {@link #pending} last got smaller. */
    private long stalledSince;
    /** FIN was received, and everything before it was read. */
    private boolean finished;
    /** FIN was sent, and everything before it. */
    private boolean finSent;
    /** Takes no bytes any more. */
    private boolean broken;
    /** {@link #broken}, but only after FIN: the end that will be read is a real one. */
    private boolean brokeAfterFin;
    /** What {@link #takePending} took last was owed already. */
    private boolean owedBefore;
    /** A filter's gate is closed: not read until it opens. */
    private boolean gated;
    /** Whether what this side sends is worth a pipe; see {@link Splice}. */
    private byte pace;

    Side(Relay relay, @Nullable StreamSocket socket) {
        this.relay = relay;
        this.socket = socket;
    }

    Side peer() {
        return relay.peerOf(this);
    }

    StreamSocket socket() {
        if (socket == null) {
            throw new IllegalStateException("not connected");
        }
        return socket;
    }

    /** What the system knows of the path to this side. */
    @Nullable
    TcpInfo tcpInfo() {
        return socket == null ? null : socket.tcpInfo();
    }

    boolean finished() {
        return finished;
    }

    boolean broken() {
        return broken;
    }

    /** Nothing will be read from this side, and everything it should get has been handed to the system. */
    boolean complete() {
        return finished && isDrained();
    }

    /** Whether nothing waits for this side, and nothing of what its peer has sent is still with filters. */
    private boolean isDrained() {
        return pending == null && pendingPipe == null && relay.filters(peer()) == null;
    }

    long bytesRead() {
        return bytesRead;
    }

    /** Bytes of buffer that this side owns now. */
    int bufferBytes() {
        return (pending == null ? 0 : pending.capacity()) + (pendingPipe == null ? 0 : pendingPipe.capacity());
    }

    /** Starts a connect; the end is reported to {@link #onReady}. */
    void dial(SocketAddress address) throws SocketFailure {
        socket = relay.loop().poller().connect(address, relay.service().settings().socket(), this);
    }

    /** Gives up a connect. */
    void hangUp() {
        if (socket != null) {
            socket.reset();
            socket = null;
        }
    }

    /** Whether bytes have been waiting for this side, and none was taken since {@code time}. */
    boolean stalledBefore(long time) {
        return owed() && stalledSince <= time;
    }

    /** When this side will have stalled; {@link Long#MAX_VALUE} when nothing waits for it. */
    long stallDeadline(long writeStallNanos) {
        return owed() ? stalledSince + writeStallNanos : Long.MAX_VALUE;
    }

    /** Whether something waits that this side may have now. */
    private boolean owed() {
        return pendingPipe != null || (pending != null && pending.remaining() > 0);
    }

    /** Whether it is the proxy that does not read this side, so that its silence says nothing. */
    boolean heldBack() {
        DirectionChain filters = relay.filters(this);
        return gated || waitingForMemory() || (filters != null && filters.suspended());
    }

    boolean gated() {
        return gated;
    }

    @Override
    public void onReady(boolean readable, boolean writable) {
        StreamSocket ready = socket;
        if (ready == null || relay.state() == Relay.State.CLOSED) {
            return;
        }
        if (relay.state() == Relay.State.CONNECTING) {
            relay.onConnectReady(ready);
            return;
        }
        if (writable && owed()) {
            flush();
        }
        if (readable && wantsRead()) {
            transfer(ready);
        }
    }

    @Override
    public void onHangUp(int how) {
        if (socket == null || broken) {
            return;
        }
        // After FIN the stream is complete: what is left of it is still delivered, as if a write had met the reset.
        if (finished || how == StreamSocket.BROKEN_AFTER_FIN) {
            if (relay.state() == Relay.State.OPEN || relay.state() == Relay.State.LINGERING) {
                broke(StreamSocket.BROKEN_AFTER_FIN);
            }
            return;
        }
        relay.hungUp(this);
    }

    @Override
    public void onFailure(Throwable failure) {
        relay.fail(failure);
    }

    @Override
    protected void onMemoryAvailable() {
        try {
            updateInterest();
            if (socket != null && wantsRead()) {
                transfer(socket);
            } else {
                relay.filterNow(this);
            }
        } catch (Throwable failure) {
            relay.fail(failure);
        }
    }

    /** Whether what this side sends has somewhere to go now. */
    private boolean wantsRead() {
        if (finished || waitingForMemory() || (gated && relay.state() != Relay.State.LINGERING)) {
            return false;
        }
        return switch (relay.state()) {
            case FILTERING -> filtersWant();
            case OPEN -> !peer().owed() && !peer().broken && (relay.filters(this) == null || filtersWant());
            // The survivor is read so that its last bytes are not destroyed; what it sends is dropped.
            case LINGERING -> !broken;
            case CONNECTING, DROPPED, CLOSED -> false;
        };
    }

    private boolean filtersWant() {
        DirectionChain filters = relay.filters(this);
        return filters != null && !filters.suspended();
    }

    /** Tells the poller what this side waits for now. */
    void updateInterest() {
        if (socket != null && relay.state() != Relay.State.CLOSED) {
            socket.interest(wantsRead(), owed() && !broken && relay.state() != Relay.State.FILTERING);
        }
    }

    /** Borrow, read, forward, give back; a few times if there is more, but not so often that others have to wait. */
    private void transfer(StreamSocket from) {
        if (relay.filters(this) != null) {
            relay.filter(this, from);
            return;
        }
        if (Splice.isWorthIt(pace) && relay.state() == Relay.State.OPEN && Splice.transfer(this, from, relay)) {
            return;
        }
        LoopMemory memory = relay.loop().memory();
        int permitted = permitted();
        Buffer buffer = permitted > 0 ? memory.borrow() : null;
        if (buffer == null) {
            if (permitted > 0) {
                awaitMemory();
            }
            return;
        }
        int budget = BYTES_PER_EVENT;
        try {
            for (; budget > 0 && permitted > 0; permitted = permitted()) {
                buffer.readAtMost(permitted);
                int count = from.read(buffer.forRead());
                if (count <= 0) {
                    if (count < 0) {
                        ended(count);
                    }
                    return;
                }
                budget -= count;
                boolean drained = count < buffer.readLimit();
                if (relay.state() == Relay.State.OPEN) {
                    buffer.filled(count);
                    countRead(count);
                    if (relay.state() == Relay.State.CLOSED) {
                        return;
                    }
                    if (!forward(buffer)) {
                        buffer = null;
                        return;
                    }
                } else {
                    relay.drop(this, count);
                    if (relay.state() == Relay.State.CLOSED) {
                        return;
                    }
                }
                if (drained) {
                    // Most likely there is nothing more; if there is, the poller says so without a call spent on the question.
                    return;
                }
                buffer.clear();
            }
        } finally {
            paced(BYTES_PER_EVENT - budget);
            if (buffer != null) {
                memory.giveBack(buffer);
            }
        }
    }

    /** So much was read from this side in one event. */
    void paced(int moved) {
        pace = Splice.pace(pace, moved);
    }

    /** How much the gates let this side be read now. If nothing, it is not read until they do. */
    int permitted() {
        int permitted = relay.permits(this);
        if (permitted == 0) {
            gated = true;
            updateInterest();
            relay.deadlineNoLaterThan(relay.gateRetryAt(this));
        }
        return permitted;
    }

    /** It is time to ask the gates again. */
    void askGates() {
        gated = false;
        if (permitted() > 0) {
            // That it was silent until now was not its doing.
            relay.touch();
            updateInterest();
        }
    }

    void awaitMemory() {
        if (!waitingForMemory()) {
            relay.loop().memory().await(this, urgency());
        }
        updateInterest();
    }

    private Urgency urgency() {
        if (peer().finished || relay.state() == Relay.State.LINGERING) {
            return Urgency.FINISH;
        }
        return bytesRead > 0 ? Urgency.CONTINUE : Urgency.START;
    }

    /**
     * Passes what was read on to the peer, of a direction without filters.
     *
     * @return {@code false} when the buffer has found another owner, or the relay does not read on
     */
    private boolean forward(Buffer buffer) {
        Side to = peer();
        int sent = to.send(buffer);
        if (sent < 0) {
            relay.loop().memory().giveBack(buffer);
            to.broke(sent);
            return false;
        }
        if (buffer.remaining() == 0) {
            return true;
        }
        to.owe(relay.loop().memory().keep(buffer));
        updateInterest();
        return false;
    }

    /** Whatever waits for this side, which the caller takes over. */
    @Nullable
    Buffer takePending() {
        Buffer taken = pending;
        owedBefore = owed();
        pending = null;
        return taken;
    }

    /** Bytes wait for this side: the rest of a short write, what filters hold, or what comes before an endpoint is connected. */
    void owe(Buffer rest) {
        if (relay.state() == Relay.State.CLOSED) {
            relay.loop().memory().giveBack(rest);
            return;
        }
        pending = rest;
        if (owed() && relay.state() == Relay.State.OPEN) {
            if (!owedBefore) {
                stalledSince = relay.now();
            }
            owedBefore = false;
            relay.deadlineNoLaterThan(stalledSince + relay.service().settings().writeStallNanos());
        }
        updateInterest();
    }

    /**
     * Sends what is in a pipe, which this side keeps if that is not all.
     *
     * @return whether all of it was sent; if not, the pipe is this side's now
     */
    boolean take(KernelPipe pipe) {
        int sent = pipe.drain(socket());
        if (sent < 0) {
            relay.loop().pipes().discard(pipe);
            broke(sent);
            return false;
        }
        if (pipe.content() == 0) {
            return true;
        }
        pendingPipe = pipe;
        stalledSince = relay.now();
        relay.deadlineNoLaterThan(stalledSince + relay.service().settings().writeStallNanos());
        updateInterest();
        return false;
    }

    /** Connected: what has been collected meanwhile can leave. */
    void startSending() {
        stalledSince = relay.now();
        if (owed()) {
            flush();
        } else if (peer().finished) {
            finishIfDrained();
        }
    }

    /** Hands bytes to the system. @return how many; negative = this side is broken */
    int send(Buffer bytes) {
        int sent = socket().write(bytes.forWrite());
        if (sent > 0) {
            bytes.sent(sent);
            stalledSince = relay.now();
        }
        return sent;
    }

    /** So much was read from this side. */
    void countRead(int count) {
        bytesRead += count;
        relay.moved(this, count);
    }

    /**
     * Sends what waits, as far as it goes.
     *
     * @return whether anything was taken, or the question is settled because this side broke
     */
    boolean flush() {
        if (pendingPipe != null) {
            return flushPipe(pendingPipe);
        }
        Buffer waiting = pending;
        if (waiting == null || waiting.remaining() == 0) {
            return true;
        }
        int sent = send(waiting);
        if (sent < 0) {
            broke(sent);
            return true;
        }
        if (sent > 0) {
            relay.touch();
        }
        if (waiting.remaining() > 0) {
            pending = relay.loop().memory().compact(waiting);
            return sent > 0;
        }
        if (waiting.content() > 0) {
            pending = relay.loop().memory().compact(waiting);
        } else {
            release();
        }
        flushed();
        return true;
    }

    /** {@link #flush} of what waits in a pipe. */
    private boolean flushPipe(KernelPipe pipe) {
        int sent = pipe.drain(socket());
        if (sent < 0) {
            broke(sent);
            return true;
        }
        if (sent > 0) {
            stalledSince = relay.now();
            relay.touch();
        }
        if (pipe.content() > 0) {
            return sent > 0;
        }
        release();
        flushed();
        return true;
    }

    /** Nothing is owed any more: the peer may go on. */
    private void flushed() {
        updateInterest();
        Side from = peer();
        DirectionChain filters = relay.filters(from);
        if (filters != null && filters.blocked()) {
            relay.filterNow(from);
        } else if (from.finished || relay.state() == Relay.State.LINGERING) {
            finishIfDrained();
        } else {
            from.updateInterest();
        }
    }

    /** Sends FIN if nothing waits for this side any more, and nothing will come. */
    void finishIfDrained() {
        if (isDrained()) {
            finish();
        }
    }

    /** This side has nothing more to read: by FIN, or because the connection is broken. */
    void ended(int code) {
        if (relay.state() == Relay.State.LINGERING) {
            finished = true;
            updateInterest();
            if (code == StreamSocket.END_OF_STREAM) {
                relay.closeIfComplete();
            } else {
                relay.close(relay.resetBy(this));
            }
            return;
        }
        if (!isRealEnd(code)) {
            relay.close(relay.resetBy(this));
            return;
        }
        markFinished();
        peer().finishIfDrained();
        if (broken) {
            relay.broke(this);
        }
    }

    /** What this side has sent is complete. */
    void markFinished() {
        finished = true;
        updateInterest();
        relay.finished(this);
    }

    /** An end that was read: whether it is that of a complete stream. */
    boolean isRealEnd(int code) {
        // After a failed write the system reports a reset as an ordinary end (the error is told once): do not take it for one.
        return code == StreamSocket.END_OF_STREAM && (!broken || brokeAfterFin);
    }

    /** Sends FIN, as everything before it has been sent. */
    private void finish() {
        if (!finSent && !broken) {
            finSent = true;
            socket().shutdownOutput();
        }
        relay.closeIfComplete();
    }

    void broke(int how) {
        broken = true;
        brokeAfterFin = how == StreamSocket.BROKEN_AFTER_FIN;
        // What filters hold for this side can go nowhere.
        relay.abandonFilters(peer());
        release();
        updateInterest();
        peer().updateInterest();
        relay.broke(this);
    }

    /** Gives back what this side owns or waits for. */
    void release() {
        LoopMemory memory = relay.loop().memory();
        memory.cancel(this);
        if (pending != null) {
            memory.giveBack(pending);
            pending = null;
        }
        if (pendingPipe != null) {
            relay.loop().pipes().giveBack(pendingPipe);
            pendingPipe = null;
        }
    }

    /** The relay is over. */
    void end(boolean cut) {
        release();
        if (socket == null) {
            return;
        }
        if (cut && !finSent) {
            socket.reset();
        } else {
            // With FIN behind it the stream is complete, and the kernel may still be delivering it: a reset would destroy its tail.
            socket.close();
        }
    }
}
