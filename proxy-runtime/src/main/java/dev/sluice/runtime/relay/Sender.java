package dev.sluice.runtime.relay;

import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.Waiter;
import dev.sluice.runtime.transport.KernelPipe;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TcpInfo;
import org.jspecify.annotations.Nullable;

/**
 * What is sent on a socket of a {@link Relay}, and what waits for that; the other half of a {@link Side}. On the relay's loop.
 *
 * <p>A side owns a buffer in two cases only: its peer has sent more than it takes, and then the peer is not read; or filters have not let the last
 * bytes of its peer pass yet. Both wait in {@code pending}. What waits of bytes that never entered the process is in a pipe.
 */
abstract class Sender extends Waiter {
    final Relay relay;
    /** The client from the start; the endpoint's once there is one. */
    @Nullable
    StreamSocket socket;
    private @Nullable Buffer pending;
    /** Or this, which is never empty. */
    private @Nullable KernelPipe pendingPipe;
    /** When what is owed last got less. */
    private long stalledSince;
    /** FIN was sent, and everything before it. */
    private boolean finSent;
    /** Takes no bytes any more. */
    private boolean broken;
    /** {@link #broken}, but only after FIN: the end that will be read is a real one. */
    private boolean brokeAfterFin;
    /** What {@link #takePending} took last was owed already, and nothing was sent since. */
    private boolean owedBefore;

    Sender(Relay relay, @Nullable StreamSocket socket) {
        this.relay = relay;
        this.socket = socket;
    }

    /** Where what is sent here comes from. */
    abstract Side peer();

    /** Tells the poller what this side waits for now. */
    abstract void updateInterest();

    /** Waits for memory, and is not read meanwhile. */
    abstract void awaitMemory();

    /** It takes no bytes any more, and has nothing to send left. */
    abstract void onBroken();

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

    boolean broken() {
        return broken;
    }

    /** Broken, but not after FIN: what it sent is not complete. */
    boolean brokeEarly() {
        return broken && !brokeAfterFin;
    }

    /** Whether nothing waits for this side, and nothing of what its peer has sent is still with filters. */
    boolean drained() {
        return pending == null && pendingPipe == null && relay.filters(peer()) == null;
    }

    /** Bytes of buffer that this side owns now. */
    int bufferBytes() {
        return (pending == null ? 0 : pending.capacity()) + (pendingPipe == null ? 0 : pendingPipe.capacity());
    }

    /** Whether something waits that this side may have now. */
    boolean owed() {
        return pendingPipe != null || (pending != null && pending.remaining() > 0);
    }

    /** Whether bytes have been waiting for this side, and none was taken since {@code time}. */
    boolean stalledBefore(long time) {
        return owed() && stalledSince <= time;
    }

    /** When this side will have stalled; {@link Long#MAX_VALUE} when nothing waits for it. */
    long stallDeadline(long writeStallNanos) {
        return owed() ? stalledSince + writeStallNanos : Long.MAX_VALUE;
    }

    /** Hands bytes to the system. @return how many; negative = this side is broken */
    int send(Buffer bytes) {
        int sent = moved(socket().write(bytes.forWrite()));
        if (sent > 0) {
            bytes.sent(sent);
        }
        return sent;
    }

    private int send(KernelPipe pipe) {
        return moved(pipe.drain(socket()));
    }

    private int moved(int sent) {
        if (sent > 0) {
            stalledSince = relay.now();
            owedBefore = false;
        }
        return sent;
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
            startToWait(owedBefore ? stalledSince : relay.now());
            owedBefore = false;
        }
        updateInterest();
    }

    private void startToWait(long since) {
        stalledSince = since;
        relay.deadlineNoLaterThan(since + relay.service().settings().writeStallNanos());
    }

    /**
     * Sends what is in a pipe, which this side keeps if that is not all.
     *
     * @return whether all of it was sent; if not, the pipe is this side's now
     */
    boolean take(KernelPipe pipe) {
        int sent = send(pipe);
        if (sent < 0) {
            relay.loop().pipes().discard(pipe);
            broke(sent);
            return false;
        }
        if (pipe.content() == 0) {
            return true;
        }
        pendingPipe = pipe;
        startToWait(relay.now());
        updateInterest();
        return false;
    }

    /** Connected: what has been collected meanwhile can leave. */
    void startSending() {
        stalledSince = relay.now();
        if (owed()) {
            flush();
        } else if (peer().finished()) {
            finishIfDrained();
        }
    }

    /**
     * Sends what waits, as far as it goes.
     *
     * @return whether anything was taken, or the question is settled because this side broke
     */
    boolean flush() {
        int sent;
        boolean all;
        if (pendingPipe != null) {
            sent = send(pendingPipe);
            all = pendingPipe.content() == 0;
        } else if (pending != null && pending.remaining() > 0) {
            sent = send(pending);
            all = pending.remaining() == 0;
        } else {
            return true;
        }
        if (sent < 0) {
            broke(sent);
            return true;
        }
        if (sent > 0) {
            relay.touch();
        }
        if (pending != null && pending.content() > 0) {
            // What filters hold, or what was not taken.
            pending = relay.loop().memory().compact(pending);
        } else if (all) {
            release();
        }
        if (all) {
            flushed();
        }
        return all || sent > 0;
    }

    /** Nothing is owed any more: the peer may go on. */
    private void flushed() {
        updateInterest();
        Side from = peer();
        DirectionChain filters = relay.filters(from);
        if (filters != null && filters.blocked()) {
            relay.filterNow(from);
        } else if (from.finished() || relay.state() == Relay.State.LINGERING) {
            finishIfDrained();
        } else {
            from.updateInterest();
        }
    }

    /** Sends FIN if nothing waits for this side any more, and nothing will come. */
    void finishIfDrained() {
        if (!drained() || !handOverLastBytes()) {
            return;
        }
        // If this is all, the sockets are closed, which sends FIN too.
        relay.closeIfComplete();
        if (relay.state() != Relay.State.CLOSED && !finSent && !broken) {
            finSent = true;
            socket().shutdownOutput();
        }
    }

    /** @return whether this side has been handed everything that is to come before its FIN */
    private boolean handOverLastBytes() {
        if (!relay.hasLastBytes(this)) {
            return true;
        }
        Buffer buffer = relay.loop().memory().borrow();
        if (buffer == null) {
            awaitMemory();
            return false;
        }
        byte[] bytes = relay.takeLastBytes();
        buffer.append(bytes, 0, bytes.length);
        int sent = send(buffer);
        if (sent < 0) {
            relay.loop().memory().giveBack(buffer);
            broke(sent);
            return false;
        }
        if (buffer.remaining() == 0) {
            relay.loop().memory().giveBack(buffer);
            return true;
        }
        owe(relay.loop().memory().keep(buffer));
        return false;
    }

    /** Filters will not let pass what they hold for this side. */
    void discardHeld() {
        if (pending != null) {
            pending.discardHeld();
            if (pending.content() == 0) {
                relay.loop().memory().giveBack(pending);
                pending = null;
            }
        }
    }

    /** The system takes nothing for this side any more. */
    void broke(int how) {
        broken = true;
        brokeAfterFin = how == StreamSocket.BROKEN_AFTER_FIN;
        // What filters hold for this side can go nowhere.
        relay.abandonFilters(peer());
        release();
        updateInterest();
        peer().updateInterest();
        onBroken();
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
