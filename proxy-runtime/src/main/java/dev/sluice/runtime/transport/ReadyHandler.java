package dev.sluice.runtime.transport;

/** The receiver of one socket's readiness, called by a {@link Poller} on its thread. */
public interface ReadyHandler {
    /**
     * The socket is ready for at least one of the operations it is interested in.
     *
     * @param readable data, FIN or an error is waiting
     * @param writable there is room to send, or a connect has ended
     */
    void onReady(boolean readable, boolean writable);

    /**
     * The connection broke while the handler was not reading it. Called at once and only once, whatever the socket is
     * interested in, and its interest is cleared. Bytes that arrived before the break can still be read. A transport
     * that learns of a break only from the next read or write does not call this.
     *
     * @param how {@link StreamSocket#BROKEN} or {@link StreamSocket#BROKEN_AFTER_FIN}
     */
    default void onHangUp(int how) {}

    /** {@link #onReady} or {@link #onHangUp} threw: release what belongs to this handler, and nothing else. */
    void onFailure(Throwable failure);
}
