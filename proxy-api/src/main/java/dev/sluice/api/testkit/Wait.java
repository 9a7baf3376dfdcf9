package dev.sluice.api.testkit;

import java.util.concurrent.TimeUnit;

import dev.sluice.api.Answer;
import dev.sluice.api.Suspension;
import org.jspecify.annotations.Nullable;

/** A suspension. Any thread; the consequences of the answer happen on the connection's thread. */
final class Wait implements Suspension {
    private enum State {
        WAITING,
        ANSWERED,
        CANCELLED
    }

    private final Chain chain;
    final Answer onTimeout;
    final long timeoutAt;
    private State state = State.WAITING;
    private @Nullable Answer answer;
    private @Nullable Runnable action;
    private boolean actionGiven;

    /** @param routed true if it is too late for a route */
    Wait(Chain chain, Answer onTimeout, long timeoutAt, boolean routed) {
        this.chain = chain;
        this.onTimeout = onTimeout;
        if (routed && onTimeout.cluster() != null) {
            throw new IllegalArgumentException("the connection has been routed already, to " + onTimeout.cluster()
                    + " is too late; declare FilterTraits.waitedForBeforeRouting");
        }
        this.timeoutAt = timeoutAt;
    }

    @Override
    public boolean complete(Answer with) {
        synchronized (chain.answers) {
            if (state != State.WAITING) {
                return false;
            }
            state = State.ANSWERED;
            answer = with;
            chain.answers.notifyAll();
        }
        chain.answered();
        return true;
    }

    @Override
    public boolean isDone() {
        synchronized (chain.answers) {
            return state != State.WAITING;
        }
    }

    @Override
    public void onCancel(Runnable cancelAction) {
        synchronized (chain.answers) {
            if (actionGiven) {
                throw new IllegalStateException("a suspension has at most one action for onCancel");
            }
            actionGiven = true;
            if (state == State.WAITING) {
                action = cancelAction;
            }
            if (state != State.CANCELLED) {
                return;
            }
        }
        cancelAction.run();
    }

    /** {@return the answer, or that of the time-out, of a wait that is done} */
    Answer result() {
        synchronized (chain.answers) {
            return answer == null ? onTimeout : answer;
        }
    }

    /**
     * Waits in real time.
     *
     * @return whether one of the chain's suspensions is done
     */
    static boolean awaitAny(Chain chain, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        synchronized (chain.answers) {
            while (!anyDone(chain.waits())) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(chain.answers, left);
            }
        }
        return true;
    }

    private static boolean anyDone(@Nullable Wait[] waits) {
        for (Wait wait : waits) {
            if (wait != null && wait.isDone()) {
                return true;
            }
        }
        return false;
    }

    /** Ends the wait without an answer; false if it has one. An exception from the action goes to the caller. */
    boolean cancel() {
        Runnable run;
        synchronized (chain.answers) {
            if (state != State.WAITING) {
                return false;
            }
            state = State.CANCELLED;
            run = action;
            action = null;
        }
        if (run != null) {
            run.run();
        }
        return true;
    }
}
