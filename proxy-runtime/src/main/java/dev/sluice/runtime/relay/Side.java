package dev.sluice.runtime.relay;

import java.net.SocketAddress;

import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a {@link Relay}, and what is read from it; what waits to be sent on it is that of its {@link Sender}. On the relay's
 * loop.
 *
 * <p>Two classes for one object: every relay has two of these, and a reference between two objects would be the largest field of both.
 */
final class Side extends Sender implements ReadyHandler {
    /** Bytes that one event may move before the others get their turn. */
    static final int BYTES_PER_EVENT = 256 * 1024;

    private long bytesRead;
    /** FIN was received, and everything before it was read. */
    private boolean finished;
    /** A filter's gate is closed: not read until it opens. */
    private boolean gated;
    /** Whether what this side sends is worth a pipe; see {@link Splice}. */
    private byte pace;

    Side(Relay relay, @Nullable StreamSocket socket) {
        super(relay, socket);
    }

    @Override
    Side peer() {
        return relay.peerOf(this);
    }

    boolean finished() {
        return finished;
    }

    /** Nothing will be read from this side, and everything it should get has been handed to the system. */
    boolean complete() {
        return finished && drained();
    }

    long bytesRead() {
        return bytesRead;
    }

    /** Starts a connect; the end is reported to {@link #onReady}. */
    StreamSocket dial(SocketAddress address) throws SocketFailure {
        StreamSocket dialled = relay.loop().poller().connect(address, relay.service().settings().socket(), this);
        socket = dialled;
        return dialled;
    }

    /** Gives up a connect. */
    void hangUp() {
        if (socket != null) {
            socket.reset();
            socket = null;
        }
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
        if (socket == null || broken()) {
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
            case OPEN -> !peer().owed() && !peer().broken() && (relay.filters(this) == null || filtersWant());
            // The survivor is read so that its last bytes are not destroyed; what it sends is dropped.
            case LINGERING -> !broken();
            case CONNECTING, DROPPED, CLOSED -> false;
        };
    }

    private boolean filtersWant() {
        DirectionChain filters = relay.filters(this);
        return filters != null && !filters.suspended();
    }

    @Override
    void updateInterest() {
        if (socket != null && relay.state() != Relay.State.CLOSED) {
            socket.interest(wantsRead(), owed() && !broken() && relay.state() != Relay.State.FILTERING);
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
        if (peer().finished() || relay.state() == Relay.State.LINGERING) {
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

    /** So much was read from this side. */
    void countRead(int count) {
        bytesRead += count;
        relay.moved(this, count);
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
        if (broken()) {
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
        return code == StreamSocket.END_OF_STREAM && !brokeEarly();
    }

    @Override
    void onBroken() {
        relay.broke(this);
    }
}
