package dev.sluice.api.testkit;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.Suspension;
import org.jspecify.annotations.Nullable;

/** A suspension. Any thread; what the answer leads to happens on the connection's thread. */
final class Wait implements Suspension {
    private enum State {
        WAITING,
        ANSWERED,
        CANCELLED
    }

    private final Chain chain;
    final ConnectDecision onTimeout;
    final long timeoutAt;
    private State state = State.WAITING;
    private @Nullable ConnectDecision answer;
    private @Nullable Runnable action;
    private boolean actionGiven;

    /** @param routed whether it is too late for a route */
    Wait(Chain chain, ConnectDecision onTimeout, long timeoutAt, boolean routed) {
        this.chain = chain;
        this.onTimeout = requireFinal(onTimeout);
        if (routed && onTimeout.kind() == ConnectDecision.Kind.ROUTE) {
            throw new IllegalArgumentException("the connection has been routed already, to " + onTimeout.cluster()
                    + " is too late; declare FilterTraits.waitedForBeforeRouting");
        }
        this.timeoutAt = timeoutAt;
    }

    private static ConnectDecision requireFinal(ConnectDecision decision) {
        if (decision.kind() == ConnectDecision.Kind.PENDING) {
            throw new IllegalArgumentException("a wait cannot end with another wait");
        }
        return decision;
    }

    @Override
    public boolean complete(ConnectDecision decision) {
        requireFinal(decision);
        synchronized (chain.answers) {
            if (state != State.WAITING) {
                return false;
            }
            state = State.ANSWERED;
            answer = decision;
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

    /** What was answered; null while nothing was. */
    @Nullable
    ConnectDecision answer() {
        synchronized (chain.answers) {
            return answer;
        }
    }

    /** The wait ends without an answer: false if there is one. What the action throws is the caller's. */
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
