package dev.sluice.api;

/**
 * A wait for an answer from outside, completed once. The first of answer, time-out and end of the connection counts;
 * the others have no effect. Any thread may complete it, also within the callback that created it. The connection goes
 * on at the <em>next</em> filter.
 */
public interface Suspension {
    /**
     * Gives the answer. Any thread.
     *
     * @param with restricted as for the time-out of {@link ConnectionContext#suspend}
     * @return whether it counts: false after another answer or the time-out, or if the connection has ended
     */
    boolean complete(Answer with);

    /** {@return whether the wait is over: answered, timed out, or the connection has ended} Any thread. */
    boolean isDone();

    /**
     * Registers an action for a wait that ends without an answer (time-out, end of the connection), such as cancelling
     * a request. It runs once, on the connection's event loop, or at once if the wait has ended that way already.
     *
     * @param action at most one for a suspension; an exception from it is logged
     */
    void onCancel(Runnable action);
}
