package dev.sluice.api;

/**
 * A filter at work on one connection, or on all connections if its factory returns a shared instance.
 *
 * <p>Every call is on the connection's event loop, never concurrent, never re-entrant, and must not block, since the
 * other connections of the loop wait meanwhile. A callback of more than 100 ms is named in the log with its stack. An
 * exception from a callback closes its connection, with {@link CloseReason#FILTER_FAILED} and the name of the filter.
 *
 * <pre>
 *   newFilter ─▶ onConnect ─▶ onData* ─▶ onEndOfStream ─▶ onClose
 *                               │  ▲          (once for each direction it has not detached from)
 *                               ▼  │
 *                           onHoldExpired     (only while it holds bytes, or routing waits for it)
 * </pre>
 *
 * <p>A filter that also implements {@link ReadGate} is asked before each read. A filter that changes bytes implements
 * {@link TransformFilter}.
 *
 * <p><b>Segmentation.</b> TCP has no messages: the same bytes may arrive in any number of calls. A filter must come to
 * the same outcome however they are cut; {@link dev.sluice.api.testkit.FilterKit} tests that.
 */
public interface ConnectionFilter {
    /**
     * Decides about a new connection. Called once, before any byte of the client's stream. The addresses of a PROXY
     * header are known here, the client's own bytes are not.
     *
     * @param context valid until this returns
     * @return the decision; by default {@link ConnectDecision#ACCEPT}
     */
    default ConnectDecision onConnect(ConnectionContext context) {
        return ConnectDecision.ACCEPT;
    }

    /**
     * Inspects bytes that this filter has not forwarded yet: held ones first, new ones behind them.
     *
     * @param direction the stream that the bytes belong to
     * @param bytes valid until this returns; a {@link TransformFilter} gets {@link TransformBytes}
     * @param context valid until this returns
     * @return the action; by default everything passes and the filter detaches
     */
    default DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
        bytes.forwardAll();
        return DataAction.DETACH;
    }

    /**
     * Decides about held bytes, since no more will be shown before that. Bytes that are still not forwarded when this
     * returns {@link DataAction#CONTINUE} would be lost, so that is a failure of the filter; with
     * {@link DataAction#DETACH} everything passes.
     *
     * @param direction the stream that the bytes belong to
     * @param cause the reason for which no more bytes are shown
     * @param bytes all held bytes, possibly none; valid until this returns
     * @param context valid until this returns
     * @return the action; by default {@link DataAction#REJECT}
     */
    default DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
            ConnectionContext context) {
        return DataAction.REJECT;
    }

    /**
     * Reports FIN, after every byte before it was shown to this filter. Not called for a direction that it has detached
     * from.
     *
     * @param direction the stream that has ended
     * @param context valid until this returns
     */
    default void onEndOfStream(Direction direction, ConnectionContext context) {}

    /**
     * Does what is due at a time that the filter has set by {@link ConnectionContext#wakeAt}, or because a thread has run
     * {@link ConnectionContext#waker}. May come while the endpoint is still being connected, or late by the time that takes;
     * never after {@link #onClose}. Sees no bytes.
     *
     * @param context valid until this returns
     * @return {@link ConnectDecision#ACCEPT}, the default, to go on; {@link ConnectDecision#REJECT} to close the
     *     connection with a reset. Others are a failure of the filter
     */
    @Incubating
    default ConnectDecision onWake(ConnectionContext context) {
        return ConnectDecision.ACCEPT;
    }

    /**
     * Reports the end of the connection. Called exactly once for each filter made by {@link FilterFactory#newFilter},
     * also after the filter has failed.
     *
     * @param reason for the end
     * @param connection identifies the connection for a shared instance; valid until this returns
     */
    default void onClose(CloseReason reason, ConnectionInfo connection) {}
}
