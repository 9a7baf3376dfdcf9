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

    /** {@link #onReady} threw: give up what this handler stands for, and nothing else. */
    void onFailure(Throwable failure);
}
