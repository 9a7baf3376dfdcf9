package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection: FIN and half-close, resets, lingering. Between {@link Connection}, for moving bytes, and
 * {@link Relay}, for admission, dialling and accounting. On the connection's loop.
 *
 * <pre>
 *   event                               OPEN                           LINGERING            RESETTING
 *   ---------------------------------   ----------------------------   ------------------   ----------------------
 *   FIN was read                        FIN to the peer when drained   closed if complete   -
 *   a filter ends a stream              FIN to the peer when drained   -                    -
 *   a filter rejects in mid-stream      reset if delivered, else       -                    -
 *                                       RESETTING
 *   a side breaks after its FIN         LINGERING                      reset                reset
 *   a side breaks in mid-stream         RESETTING                      reset                reset
 *   the end of a broken stream is read  reset if delivered, else       reset                reset once delivered
 *                                       RESETTING
 *   everything is delivered             closed if both are complete    closed if complete   reset once nothing is
 *                                                                                           under way in the kernel
 * </pre>
 */
abstract class ClosingConnection extends Connection {
    /** The pause between two checks whether the kernel has delivered all bytes, so that a reset may follow. */
    private static final long DELIVERY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private @Nullable Side firstFinished;
    /** In LINGERING and RESETTING: the reason of the end that is being prepared. */
    private CloseReason endReason = CloseReason.INTERNAL_ERROR;
    /** Bytes of the surviving endpoint that were discarded. */
    private int discarded;

    ClosingConnection(StreamSocket clientSocket, BiFunction<Connection, StreamSocket, Side> sides, long now) {
        super(clientSocket, sides, now);
    }

    /**
     * Ends the connection.
     *
     * @param cut whether each open side gets a reset instead of FIN
     */
    abstract void close(CloseReason reason, boolean cut);

    /** Whether a part of a PROXY header has arrived, and more of it is needed. */
    abstract boolean hasPartialHeader();

    /**
     * The TLS handshake with the endpoint that is tried has failed: the next one is tried.
     *
     * @param itsFault whether that speaks against the endpoint
     */
    abstract void onUpstreamHandshakeFailed(String why, boolean itsFault);

    /** A side has sent FIN before the other one has. */
    abstract void onFirstFinished(Side side);

    @Override
    final void close(CloseReason reason) {
        close(reason, true);
    }

    /**
     * Whether an end is that of a client that left without a byte in either direction, as the health check of a load
     * balancer does. Not if an endpoint could not be reached or has ended the connection: that is to be seen.
     */
    final boolean leftSilently(CloseReason cause) {
        if (client().hasSpoken() || upstream().bytesRead() > 0 || hasPartialHeader()) {
            return false;
        }
        return switch (cause) {
            case CLIENT_FINISHED -> true;
            // Before an endpoint is connected the client may have sent bytes that were not read yet.
            case CLIENT_RESET -> state() != RelayState.TARPIT
                    && (client().ended() || DiscardPump.nothingUnread(this, client()));
            // A filter that waited for the first bytes had to decide because there will be none. LINGERING is the state
            // of a client that was refused before it left.
            case FILTER_REJECTED -> client().finished() && state() != RelayState.LINGERING;
            default -> false;
        };
    }

    /** Whether a side has sent FIN. */
    final boolean halfClosed() {
        return firstFinished != null;
    }

    /** In LINGERING and RESETTING: the reason of the end that is being prepared. */
    final CloseReason endReason() {
        return endReason;
    }

    @Override
    final void onFinished(Side side) {
        if (firstFinished == null) {
            firstFinished = side;
            onFirstFinished(side);
        }
        touch();
        if (state() == RelayState.OPEN) {
            deadlineNoLaterThan(now() + settings().halfClosedNanos());
        }
    }

    @Override
    final void onDelivered(Side side) {
        switch (state()) {
            case LINGERING -> {
                if (side.complete() && !side.broken()) {
                    close(endReason, false);
                }
            }
            case RESETTING -> resetIfDelivered();
            default -> {
                // If both directions are complete, the sockets are closed, which sends FIN too.
                if (client().complete() && upstream().complete()) {
                    close(firstFinished != null && firstFinished.isClient()
                            ? CloseReason.CLIENT_FINISHED
                            : CloseReason.UPSTREAM_FINISHED,
                            false);
                }
            }
        }
        if (!closed() && state() != RelayState.RESETTING) {
            side.sendFin();
        }
    }

    @Override
    final void onBroken(Side side) {
        switch (state()) {
            case LINGERING, RESETTING -> close(endReason);
            case OPEN -> {
                if (side.finished()) {
                    linger(side);
                } else if (side.brokeEarly()) {
                    reset(side);
                }
                // Otherwise the FIN is still to be read.
            }
            default -> {
            }
        }
    }

    /** Prepares an end in which one side is still served. */
    final void startEnding(RelayState ending, CloseReason reason) {
        state(ending);
        endReason = reason;
        deadlineAt(now() + settings().lingerNanos());
    }

    /** A side broke after its FIN: its bytes are still delivered in full. */
    private void linger(Side broken) {
        Side survivor = peerOf(broken);
        startEnding(RelayState.LINGERING, resetBy(broken));
        survivor.updateInterest();
        if (survivor.complete()) {
            close(endReason, false);
        }
    }

    /**
     * A side broke in the middle of its stream: bytes that arrived before are still delivered, then the other side is
     * reset.
     */
    private void reset(Side broken) {
        startEnding(RelayState.RESETTING, resetBy(broken));
        broken.updateInterest();
        peerOf(broken).updateInterest();
    }

    @Override
    final void onReset(Side side) {
        switch (state()) {
            case OPEN -> side.broke(StreamSocket.BROKEN);
            case RESETTING -> close(endReason);
            case UPSTREAM_HANDSHAKE -> {
                if (side.isClient()) {
                    close(resetBy(side));
                } else {
                    onUpstreamHandshakeFailed("the endpoint reset the connection during the handshake", true);
                }
            }
            default -> close(resetBy(side));
        }
    }

    @Override
    final void onCut(Side side) {
        if (state() != RelayState.OPEN && state() != RelayState.RESETTING) {
            close(resetBy(side));
            return;
        }
        abandonFilters(side);
        if (state() == RelayState.OPEN) {
            // The usual case: everything has been delivered, and the reset can be passed on at once.
            if (peerOf(side).isDelivered()) {
                close(resetBy(side));
            } else {
                side.broke(StreamSocket.BROKEN);
                deadlineNoLaterThan(now() + DELIVERY_PAUSE_NANOS);
            }
        } else {
            resetIfDelivered();
        }
    }

    /** In RESETTING: ends, if everything that was sent before the reset has been delivered. */
    private void resetIfDelivered() {
        Side broken = brokenEarly();
        Side survivor = peerOf(broken);
        if (!broken.ended() || !survivor.drained()) {
            return;
        }
        if (survivor.isDelivered()) {
            close(endReason);
        } else {
            deadlineNoLaterThan(now() + DELIVERY_PAUSE_NANOS);
        }
    }

    /**
     * Counts discarded bytes. An endpoint that survives is read only up to a bound, because its bytes can go nowhere. A
     * client that is still uploading is read for all of the linger time, or it would lose the response that came early
     * (as nginx does).
     */
    @Override
    final void onDiscarded(Side survivor, int count) {
        if (survivor.isClient()) {
            return;
        }
        discarded += count;
        if (discarded > CopyPump.BYTES_PER_EVENT) {
            close(endReason);
        }
    }

    /** The reason for the end when a side resets: that of the filter that had refused it before, if one had. */
    private CloseReason resetBy(Side side) {
        ConnectionChain filters = chain();
        CloseReason verdict = filters == null ? null : filters.verdict();
        if (verdict != null) {
            return verdict;
        }
        CloseReason failure = side.failure();
        if (failure != null) {
            return failure;
        }
        return side.isClient() ? CloseReason.CLIENT_RESET : CloseReason.UPSTREAM_RESET;
    }

    /** Whether a side is found stalled, which ends the connection, or the connection is no longer open. */
    final boolean isStalled(Side side, long now) {
        // A poller reports room only when there is a lot of it. A slow reader still takes some bytes when they are
        // offered; one that has vanished does not, although the kernel may have room for them.
        if (RelayDeadlines.stall(settings(), side.owedSince()) <= now
                && (RelayDeadlines.isUnheard(settings(), side.socket().tcpInfo()) || !side.flush())) {
            close(side.isClient() ? CloseReason.CLIENT_WRITE_STALL : CloseReason.UPSTREAM_WRITE_STALL);
        }
        return state() != RelayState.OPEN;
    }

    /**
     * Handles the expiry of the timer in RESETTING.
     *
     * @param filterDeadline the next deadline of the filters
     */
    final void onResettingExpiry(long now, long filterDeadline) {
        long deadline = brokenEarly().brokenSince() + settings().lingerNanos();
        if (deadline <= now) {
            close(endReason);
            return;
        }
        deadlineAt(Math.min(deadline, filterDeadline));
        resetIfDelivered();
    }

    /** In RESETTING: the side that was reset. */
    private Side brokenEarly() {
        return client().brokeEarly() ? client() : upstream();
    }
}
