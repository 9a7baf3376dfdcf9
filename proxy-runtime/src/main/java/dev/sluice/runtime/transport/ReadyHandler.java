package dev.sluice.runtime.transport;

/** Told by a {@link Poller}, on its thread, that its socket can make progress. */
public interface ReadyHandler {
    /**
     * The socket is ready for at least one of what it is interested in.
     *
     * @param readable data, FIN or an error is waiting
     * @param writable there is room to send, or a connect has ended
     */
    void onReady(boolean readable, boolean writable);

    /**
     * The connection broke while nobody was reading it. Told at once, whatever the socket is interested in, and once; it is interested
     * in nothing any more. Bytes that arrived before the break can still be read. A transport that hears of a break only from the next
     * read or write does not call this.
     *
     * @param how {@link StreamSocket#BROKEN} or {@link StreamSocket#BROKEN_AFTER_FIN}
     */
    default void onHangUp(int how) {}

    /** {@link #onReady} or {@link #onHangUp} threw: give up what this handler stands for, and nothing else. */
    void onFailure(Throwable failure);
}
