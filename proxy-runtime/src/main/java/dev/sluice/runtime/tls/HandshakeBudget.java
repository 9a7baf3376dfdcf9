package dev.sluice.runtime.tls;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time that handshakes may take in one turn of an event loop, and the queue of those beyond it. Established connections are served in
 * each turn; handshakes beyond the budget wait, unread, for one of the next. A handshake that has begun comes before those that have not:
 * its work would be lost with its deadline. On the loop.
 */
public final class HandshakeBudget {
    private static final long NANOS_PER_TURN = TimeUnit.MICROSECONDS.toNanos(500);

    /** Those that have begun, and those that have not; each in the order in which they came. */
    private final ArrayDeque<Runnable> begun = new ArrayDeque<>();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean scheduled;
    private long turn;
    private long spent;

    /** A budget of which nothing is spent. */
    public HandshakeBudget() {}

    /**
     * Whether a handshake has to wait.
     *
     * @param hasBegun whether an engine works for it already
     * @param now the time of the loop, which is the same within a turn
     */
    public boolean isFull(boolean hasBegun, long now) {
        return (turn == now && spent >= NANOS_PER_TURN) || (!hasBegun && !waiting.isEmpty());
    }

    /** Notes that a step has taken so long. */
    public void spend(long now, long nanos) {
        if (turn != now) {
            turn = now;
            spent = 0;
        }
        spent += nanos;
    }

    /**
     * Queues a handshake.
     *
     * @param step of it, called once there is time; it finds out itself whether its connection is still there
     * @param hasBegun whether an engine works for it already
     * @param now the loop's clock
     * @param nextTurn runs a task in the loop's next turn, after the sockets that are ready then
     */
    public void await(Runnable step, boolean hasBegun, LongSupplier now, Executor nextTurn) {
        (hasBegun ? begun : waiting).add(step);
        schedule(now, nextTurn);
    }

    private void schedule(LongSupplier now, Executor nextTurn) {
        if (!scheduled) {
            scheduled = true;
            nextTurn.execute(() -> serve(now, nextTurn));
        }
    }

    private void serve(LongSupplier now, Executor nextTurn) {
        scheduled = false;
        try {
            while (waiting() > 0 && !isFull(true, now.getAsLong())) {
                (begun.isEmpty() ? waiting : begun).remove().run();
            }
        } finally {
            if (waiting() > 0) {
                schedule(now, nextTurn);
            }
        }
    }

    /** Handshakes that wait. */
    int waiting() {
        return begun.size() + waiting.size();
    }
}
