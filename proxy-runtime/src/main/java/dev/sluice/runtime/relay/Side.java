package dev.sluice.runtime.relay;

import java.net.SocketAddress;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.Waiter;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a {@link Relay}, with what waits to be sent on it. On the relay's loop.
 *
 * <p>A side owns a buffer in one case only: its peer has sent more than it takes ({@code pending}). Then the peer is not read.
 */
final class Side extends Waiter implements ReadyHandler {
    /** Bytes that one event may move before the others get their turn. */
    static final int BYTES_PER_EVENT = 256 * 1024;

    private final Relay relay;
    /** The client from the start; the endpoint's once there is one. */
    private @Nullable StreamSocket socket;
    private @Nullable Buffer pending;
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
    /** Read and dropped while lingering. */
    private int dropped;

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

    boolean finished() {
        return finished;
    }

    boolean broken() {
        return broken;
    }

    /** Nothing will be read from this side, and everything it should get has been handed to the system. */
    boolean complete() {
        return finished && pending == null;
    }

    long bytesRead() {
        return bytesRead;
    }

    /** Bytes of buffer that this side owns now. */
    int bufferBytes() {
        return pending == null ? 0 : pending.capacity();
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
        return pending != null && stalledSince <= time;
    }

    /** When this side will have stalled; {@link Long#MAX_VALUE} when nothing waits for it. */
    long stallDeadline(long writeStallNanos) {
        return pending == null ? Long.MAX_VALUE : stalledSince + writeStallNanos;
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
        if (writable && pending != null) {
            flush();
        }
        if (readable && wantsRead()) {
            transfer(ready);
        }
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
            }
        } catch (Throwable failure) {
            relay.fail(failure);
        }
    }

    /** Whether what this side sends has somewhere to go now. */
    private boolean wantsRead() {
        if (finished || waitingForMemory()) {
            return false;
        }
        return switch (relay.state()) {
            case OPEN -> peer().pending == null && !peer().broken;
            // The survivor is read so that its last bytes are not destroyed; what it sends is dropped.
            case LINGERING -> !broken;
            case CONNECTING, CLOSED -> false;
        };
    }

    /** Tells the poller what this side waits for now. */
    void updateInterest() {
        if (socket != null && relay.state() != Relay.State.CLOSED) {
            socket.interest(wantsRead(), pending != null && !broken);
        }
    }

    /** Borrow, read, forward, give back; a few times if there is more, but not so often that others have to wait. */
    private void transfer(StreamSocket from) {
        LoopMemory memory = relay.loop().memory();
        Buffer buffer = memory.borrow();
        if (buffer == null) {
            memory.await(this, urgency());
            updateInterest();
            return;
        }
        try {
            for (int budget = BYTES_PER_EVENT; budget > 0;) {
                int count = from.read(buffer.forRead());
                if (count <= 0) {
                    if (count < 0) {
                        ended(count == StreamSocket.END_OF_STREAM);
                    }
                    return;
                }
                boolean drained = count < buffer.readLimit();
                if (relay.state() == Relay.State.OPEN) {
                    buffer.filled(count);
                    bytesRead += count;
                    relay.moved(this, count);
                    if (!forward(buffer)) {
                        buffer = null;
                        return;
                    }
                } else {
                    dropped += count;
                    if (dropped > relay.mostDroppedFrom(this)) {
                        relay.close(relay.lingerReason());
                        return;
                    }
                }
                if (drained) {
                    // Most likely there is nothing more; if there is, the poller says so without a call spent on the question.
                    return;
                }
                buffer.clear();
                budget -= count;
            }
        } finally {
            if (buffer != null) {
                memory.giveBack(buffer);
            }
        }
    }

    private Urgency urgency() {
        if (peer().finished || relay.state() == Relay.State.LINGERING) {
            return Urgency.FINISH;
        }
        return bytesRead > 0 ? Urgency.CONTINUE : Urgency.START;
    }

    /**
     * Passes what was read on to the peer. The filter chain's place: filters see the borrowed bytes here, and what they let through is
     * written from the same buffer.
     *
     * @return {@code false} when the buffer has found another owner, or the relay does not read on
     */
    private boolean forward(Buffer buffer) {
        Side to = peer();
        int sent = to.socket().write(buffer.forWrite());
        if (sent < 0) {
            relay.loop().memory().giveBack(buffer);
            to.broke(sent);
            return false;
        }
        buffer.sent(sent);
        if (buffer.remaining() == 0) {
            return true;
        }
        to.owe(relay.loop().memory().keep(buffer));
        updateInterest();
        return false;
    }

    /** The rest of a short write waits for this side. */
    private void owe(Buffer rest) {
        pending = rest;
        stalledSince = relay.now();
        relay.deadlineNoLaterThan(stalledSince + relay.service().settings().writeStallNanos());
        updateInterest();
    }

    /**
     * Sends what waits, as far as it goes.
     *
     * @return whether anything was taken, or the question is settled because this side broke
     */
    boolean flush() {
        Buffer waiting = pending;
        if (waiting == null) {
            return true;
        }
        int sent = socket().write(waiting.forWrite());
        if (sent < 0) {
            broke(sent);
            return true;
        }
        waiting.sent(sent);
        if (sent > 0) {
            stalledSince = relay.now();
            relay.touch();
        }
        if (waiting.remaining() > 0) {
            pending = relay.loop().memory().compact(waiting);
            return sent > 0;
        }
        release();
        updateInterest();
        Side from = peer();
        if (from.finished || relay.state() == Relay.State.LINGERING) {
            finish();
        } else {
            from.updateInterest();
        }
        return true;
    }

    /** This side has nothing more to read: by FIN, or because the connection is broken. */
    private void ended(boolean fin) {
        if (relay.state() == Relay.State.LINGERING) {
            finished = true;
            updateInterest();
            if (fin) {
                relay.closeIfComplete();
            } else {
                relay.close(relay.resetBy(this));
            }
            return;
        }
        // After a failed write the system reports a reset as an ordinary end (the error is told once): do not take it for one.
        if (!fin || (broken && !brokeAfterFin)) {
            relay.close(relay.resetBy(this));
            return;
        }
        finished = true;
        updateInterest();
        relay.finished(this);
        if (peer().pending == null) {
            peer().finish();
        }
        if (broken) {
            relay.broke(this);
        }
    }

    /** Sends FIN, as everything before it has been sent. */
    private void finish() {
        if (!finSent && !broken) {
            finSent = true;
            socket().shutdownOutput();
        }
        relay.closeIfComplete();
    }

    private void broke(int how) {
        broken = true;
        brokeAfterFin = how == StreamSocket.BROKEN_AFTER_FIN;
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
