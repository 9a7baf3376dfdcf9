package dev.sluice.api;

/**
 * A filter at work on one connection (or on all, if its factory returns a shared instance).
 *
 * <p>Every call is on the connection's event loop, never concurrent, never re-entrant, and must not block: the loop's other connections
 * wait meanwhile. A callback of more than 100 ms is named in the log with its stack. Whatever a callback throws closes its connection, with
 * {@link CloseReason#FILTER_FAILED} and the name of the filter.
 *
 * <pre>
 *   newFilter ─▶ onConnect ─▶ onData* ─▶ onEndOfStream ─▶ onClose
 *                               │  ▲          (once for each direction it has not detached from)
 *                               ▼  │
 *                           onHoldExpired     (only while it holds bytes, or routing waits for it)
 * </pre>
 *
 * <p>A filter that also implements {@link ReadGate} is asked before each read. One that changes bytes implements {@link TransformFilter}.
 *
 * <p><b>Segmentation.</b> TCP has no messages: the same bytes may come in any number of calls. A filter must come to the same outcome
 * however they are cut; the test kit tries.
 */
public interface ConnectionFilter {
    /**
     * Decides about a new connection. Called once, before any byte of the client's stream: what a PROXY header says is known, what the client
     * itself sends is not.
     */
    default ConnectDecision onConnect(ConnectionContext context) {
        return ConnectDecision.ACCEPT;
    }

    /**
     * Bytes have arrived that this filter has not forwarded yet: those it held, with new ones behind them.
     *
     * @param bytes valid until this returns; {@link TransformFilter}s get {@link TransformBytes}
     */
    default DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
        bytes.forwardAll();
        return DataAction.DETACH;
    }

    /**
     * No more bytes will be shown before the filter has decided. What it has not forwarded when this returns {@link DataAction#CONTINUE} would
     * be lost, so that is a failure of the filter; with {@link DataAction#DETACH} everything passes.
     *
     * @param bytes all that is held, perhaps nothing
     */
    default DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
            ConnectionContext context) {
        return DataAction.REJECT;
    }

    /** The sender has sent FIN, and this filter has been shown every byte before it. Not called for a direction it has detached from. */
    default void onEndOfStream(Direction direction, ConnectionContext context) {}

    /**
     * The connection is over. Called exactly once for each filter that was made, also after it has failed. Its counterpart is
     * {@link FilterFactory#newFilter}.
     *
     * @param connection which one, for shared instances
     */
    default void onClose(CloseReason reason, ConnectionInfo connection) {}
}
