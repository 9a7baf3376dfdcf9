package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.capture.Capture;
import dev.sluice.runtime.capture.CapturedSocket;
import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.memory.Waiter;
import dev.sluice.runtime.tls.ClientHello;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * A side of a {@link Connection}, one of its two sockets: this class receives, {@link SideOutput} sends. {@link #read},
 * {@link #fill} and their counterparts there are the only socket I/O of the package, so that a record layer is one more
 * field here. On the connection's loop.
 *
 * <p>Two classes for one object: every connection has two of these, and a reference between two objects would be the
 * largest field of both. {@link SideTable} has the states of a side and the rules by which it is read.
 */
class Side extends SideOutput implements ReadyHandler {
    private long bytesRead;
    /** OPEN, FINISHED or CUT of {@link SideTable}. */
    private byte receiving = SideTable.OPEN;
    /** Whether a read gate of a filter is closed. */
    private boolean gated;
    /** Whether a filter has ended its stream: what is still read is discarded. */
    private boolean muted;
    /** The pace of this side: the number of recent events that brought many bytes; see {@link SplicePump}. */
    private byte pace;

    Side(Connection connection, @Nullable StreamSocket socket) {
        super(connection, socket);
    }

    @Override
    Side self() {
        return this;
    }

    @Override
    Side peer() {
        return connection.peerOf(this);
    }

    /** Whether this is the side of the client, and not that of the endpoint. */
    @SuppressWarnings("ReferenceEquality") // the very side
    final boolean isClient() {
        return this == connection.client();
    }

    /** Whether FIN was received, and everything before it has been read. */
    boolean finished() {
        return receiving == SideTable.FINISHED;
    }

    /** Whether everything of this side that its peer will ever get has been read. */
    boolean ended() {
        return receiving != SideTable.OPEN || muted;
    }

    boolean muted() {
        return muted;
    }

    /** Notes that a filter has ended the stream of this side. */
    void mute() {
        muted = true;
    }

    /** Whether bytes can go to and from a kernel pipe. */
    boolean splices() {
        return socket().splices();
    }

    /**
     * Notes that a capture sees this side from now on.
     *
     * @param by the socket that has taken the place of this side's
     */
    void capturedBy(CapturedSocket by) {}

    /** Notes that a capture is over. */
    void releasedFrom(Capture over) {}

    /** Whether a handshake has to come before the first byte. */
    boolean needsHandshake() {
        return false;
    }

    /** The TLS session; null = none. */
    @Nullable
    Session session() {
        return null;
    }

    /** The hello of a client whose TLS ends at the endpoint; null = its TLS does not, or it was not looked at. */
    @Nullable
    ClientHello hello() {
        return null;
    }

    /** The server name that the client has asked for in a handshake that failed; null = it did not, or has no name. */
    @Nullable
    String askedName() {
        return null;
    }

    /** The reason for which its handshake or its stream failed, in words; null = none has. */
    @Nullable
    String problem() {
        return null;
    }

    /** The reason for the end of the connection if this side's stream is cut; null = its socket was reset. */
    @Nullable
    CloseReason failure() {
        return null;
    }

    /** The time by which a record that has begun has to be complete; {@link RelayDeadlines#NEVER} = none has. */
    long recordDeadline(long now) {
        return RelayDeadlines.NEVER;
    }

    /** Whether what is read now would have a place; otherwise it waits for memory. */
    boolean hasPlace() {
        return true;
    }

    /** There may be memory, for what this side has to send. */
    void onMemory() {}

    /** Whether nothing will be read from this side, and everything for it has been handed to the kernel. */
    boolean complete() {
        return finished() && drained();
    }

    long bytesRead() {
        return bytesRead;
    }

    /** Whether a byte has come from this side. */
    boolean hasSpoken() {
        return bytesRead > 0;
    }

    /** Whether the proxy itself holds reads back, so that idleness must not count. */
    boolean heldBack() {
        return gated || waitingForMemory() || filterState() == SideTable.SUSPENDED;
    }

    boolean gated() {
        return gated;
    }

    /** Notes that a read gate of this side was closed, or is to be asked again. */
    void gated(boolean closed) {
        gated = closed;
        if (closed) {
            updateInterest();
        }
    }

    byte pace() {
        return pace;
    }

    void pace(byte next) {
        pace = next;
    }

    /** Reasons not to read this side now, as bits of {@link dev.sluice.runtime.observe.ReadBlock}; 0 = it is read. */
    int blockedBy() {
        return SideTable.blockedBy(connection.state(), receiving, broken(), gated, waitingForMemory(), peer().owed(),
                peer().broken(), filterState());
    }

    boolean wantsRead() {
        return blockedBy() == 0;
    }

    private byte filterState() {
        DirectionChain filters = connection.filters(this);
        if (filters == null) {
            return connection.isSuspended() ? SideTable.SUSPENDED : SideTable.UNFILTERED;
        }
        return filters.suspended() ? SideTable.SUSPENDED : SideTable.FILTERED;
    }

    @Override
    void updateInterest() {
        if (hasSocket() && !connection.closed()) {
            socket().interest(wantsRead(), canFlush() && !broken() && connection.state() != RelayState.FILTERING);
        }
    }

    /**
     * Reads into the free part of a buffer, and counts the bytes.
     *
     * @return bytes read, 0 = nothing is there, negative = the end, see {@link #isRealEnd}
     */
    int read(Buffer target) {
        return count(socket().read(target));
    }

    /** Reads into an empty pipe; as {@link #read}, or {@link StreamSocket#UNSUPPORTED}. */
    int fill(KernelPipe pipe, int most) {
        return count(socket().spliceTo(pipe, most));
    }

    final int count(int received) {
        if (received > 0) {
            bytesRead += received;
            connection.onRead(this, received);
        }
        return received;
    }

    /** Reads bytes into the free part of a buffer that are not counted: to be discarded, or before they are opened. */
    int discard(Buffer target) {
        return socket().read(target);
    }

    /** Whether an end that was read is that of a complete stream. */
    boolean isRealEnd(int code) {
        // After a failed write the kernel reports a reset as an ordinary end, because it reports an error only once.
        return code == StreamSocket.END_OF_STREAM && !brokeEarly();
    }

    /** Handles the end of this side's stream, in a direction without filters. */
    void onEnd(int code) {
        if (!isRealEnd(code)) {
            markCut();
            return;
        }
        markFinished();
        peer().finishIfDrained();
        if (broken() && !connection.closed()) {
            connection.onBroken(this);
        }
    }

    /** Notes that the stream of this side is complete. */
    void markFinished() {
        receiving = SideTable.FINISHED;
        updateInterest();
        connection.onFinished(this);
    }

    /** Notes that the stream of this side is cut, and that nothing of it is left to read. */
    void markCut() {
        receiving = SideTable.CUT;
        updateInterest();
        connection.onCut(this);
    }

    /** Queues for a buffer; the side is not read until there is one. */
    void awaitMemory() {
        if (!waitingForMemory()) {
            connection.loop().memory().await(this, urgency());
        }
        updateInterest();
    }

    private Waiter.Urgency urgency() {
        if (peer().finished() || connection.state() == RelayState.LINGERING
                || connection.state() == RelayState.RESETTING) {
            return Urgency.FINISH;
        }
        return bytesRead > 0 ? Urgency.CONTINUE : Urgency.START;
    }

    @Override
    public void onReady(boolean readable, boolean writable) {
        if (!hasSocket() || connection.closed()) {
            return;
        }
        if (connection.state() == RelayState.CONNECTING) {
            connection.onConnectReady();
            return;
        }
        if (writable && owed()) {
            flush();
        }
        if (readable && wantsRead()) {
            connection.pump(this);
        } else if (readable) {
            updateInterest();
        }
    }

    @Override
    public void onHangUp(int how) {
        if (!hasSocket() || broken()) {
            return;
        }
        // After FIN the stream is complete: its rest is still delivered, as if a write had met the reset.
        if (finished() || how == StreamSocket.BROKEN_AFTER_FIN) {
            if (connection.state() == RelayState.OPEN || connection.state() == RelayState.LINGERING) {
                broke(StreamSocket.BROKEN_AFTER_FIN);
            }
            return;
        }
        connection.onReset(this);
    }

    @Override
    public void onFailure(Throwable failure) {
        connection.fail(failure);
    }

    @Override
    protected void onMemoryAvailable() {
        try {
            connection.onMemoryAvailable(this);
        } catch (Throwable failure) {
            connection.fail(failure);
        }
    }
}
