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
 * A filter's wait for an answer. The first of answer, timeout and end of the connection wins the compare-and-set; the
 * loop receives the answer through its mailbox.
 */
final class PendingSuspension implements Suspension {
    private static final Logger LOG = LoggerFactory.getLogger(PendingSuspension.class);
    /** The answer of a suspension whose connection has ended. */
    private static final Answer GONE = Answer.reject("the connection is gone");

    private final FilterContext chain;
    private final int position;
    private final long deadline;
    private final Answer onTimeout;
    private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> cancelAction = new AtomicReference<>();
    /** Whether this ended without an answer from outside. */
    private volatile boolean cancelled;
    /** Whether the chain waits for this, and in which direction. Owned by the loop. */
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

    /** The answer, which must have been given. */
    Answer answer() {
        return Objects.requireNonNull(answer.get());
    }

    /**
     * Lets the chain wait from now on.
     *
     * @param waiting the direction that waits; null = the connect phase
     */
    void await(@Nullable Direction waiting) {
        awaited = true;
        direction = waiting;
    }

    @Override
    public boolean complete(Answer given) {
        if (!answer.compareAndSet(null, Objects.requireNonNull(given))) {
            return false;
        }
        chain.loop().execute(this::deliver);
        return true;
    }

    private void deliver() {
        if (awaited && answer.get() != GONE) {
            awaited = false;
            Direction waiting = direction;
            if (waiting == null) {
                chain.onAnswer();
            } else {
                chain.onAnswer(waiting);
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

    /** Completes this with the answer for a timeout, if the time is over and there is no answer. On the loop. */
    void expire(long now) {
        if (deadline <= now && answer.compareAndSet(null, onTimeout)) {
            FilterSlot slot = chain.slot(position);
            chain.counters(slot).count(FilterEvent.TIMEOUT);
            withdraw();
            deliver();
        }
    }

    /** Ends the wait without an answer. On the loop. */
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
