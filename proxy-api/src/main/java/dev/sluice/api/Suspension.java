package dev.sluice.api;

/**
 * A wait for an answer. One-shot: the first of answer, time-out and the client's going counts, the others do nothing. Any thread may
 * complete it, also the callback that created it. The connection goes on at the <em>next</em> filter.
 */
public interface Suspension {
    /**
     * The answer has come.
     *
     * @param with as for the time-out of {@link ConnectionContext#suspend}
     * @return whether it counts: false after another answer, the time-out, or when the connection is gone
     */
    boolean complete(Answer with);

    /** Whether nobody waits any more: answered, timed out or the connection is gone. */
    boolean isDone();

    /**
     * Run once when the wait ends without an answer (time-out, connection gone), on the connection's event loop, or at once if it has. For
     * cancelling what was asked. At most one action for a suspension; what it throws is logged.
     */
    void onCancel(Runnable action);
}
