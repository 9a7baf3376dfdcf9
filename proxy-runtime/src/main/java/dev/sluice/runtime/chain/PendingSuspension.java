package dev.sluice.runtime.chain;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.Answer;
import dev.sluice.api.Direction;
import dev.sluice.api.Suspension;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A filter's wait for an answer. The first of answer, time-out and end of the connection wins the compare-and-set; the loop learns of an answer
 * through its mailbox.
 */
final class PendingSuspension implements Suspension {
    private static final Logger LOG = LoggerFactory.getLogger(PendingSuspension.class);
    /** Stands for the answer of a connection that is gone. */
    private static final Answer GONE = Answer.reject("the connection is gone");

    private final FilterContext chain;
    private final int position;
    private final long deadline;
    private final Answer onTimeout;
    private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> cancelAction = new AtomicReference<>();
    /** Ended without an answer from outside. */
    private volatile boolean cancelled;
    /** On the loop: whether the chain waits for this, and for which direction. */
    private boolean awaited;
    private @Nullable Direction direction;

    PendingSuspension(FilterContext chain, int position, long deadline, Answer onTimeout) {
        this.chain = chain;
        this.position = position;
        this.deadline = deadline;
        this.onTimeout = onTimeout;
    }

    int position() {
        return position;
    }

    long deadline() {
        return deadline;
    }

    /** What was answered. */
    Answer answer() {
        return Objects.requireNonNull(answer.get());
    }

    /**
     * The chain waits from now on.
     *
     * @param waits which direction; null = the connect phase
     */
    void await(@Nullable Direction waits) {
        awaited = true;
        direction = waits;
    }

    @Override
    public boolean complete(Answer with) {
        if (!answer.compareAndSet(null, Objects.requireNonNull(with))) {
            return false;
        }
        chain.loop().execute(this::deliver);
        return true;
    }

    private void deliver() {
        if (awaited && answer.get() != GONE) {
            awaited = false;
            Direction waits = direction;
            if (waits == null) {
                chain.onAnswer();
            } else {
                chain.onAnswer(waits);
            }
        }
    }

    @Override
    public boolean isDone() {
        return answer.get() != null;
    }

    @Override
    public void onCancel(Runnable action) {
        if (!cancelAction.compareAndSet(null, Objects.requireNonNull(action))) {
            throw new IllegalStateException("a suspension has one cancel action");
        }
        if (cancelled) {
            runCancelAction();
        }
    }

    /** On the loop: takes the time-out for the answer if it is time and there is none. */
    void expire(long now) {
        if (deadline <= now && answer.compareAndSet(null, onTimeout)) {
            FilterSlot slot = chain.slot(position);
            chain.counters(slot).count(FilterEvent.TIMEOUT);
            withdraw();
            deliver();
        }
    }

    /** On the loop: nobody waits any more. */
    void cancel() {
        awaited = false;
        if (answer.compareAndSet(null, GONE)) {
            withdraw();
        }
    }

    private void withdraw() {
        cancelled = true;
        runCancelAction();
    }

    private void runCancelAction() {
        Runnable action = cancelAction.getAndSet(null);
        if (action != null) {
            try {
                action.run();
            } catch (Throwable failure) {
                LOG.error("{}: the cancel action of a suspension failed.", chain.slot(position).label(),
                        FilterException.of(failure));
            }
        }
    }
}
