package dev.sluice.runtime.tls;

import java.util.concurrent.TimeUnit;

/**
 * The time that handshakes may take in one turn of an event loop. Established connections are served in each turn; handshakes beyond the
 * budget wait for the next one, unread. On the loop.
 */
public final class HandshakeBudget {
    private static final long NANOS_PER_TURN = TimeUnit.MICROSECONDS.toNanos(500);

    private long turn;
    private long spent;

    /** A budget of which nothing is spent. */
    public HandshakeBudget() {}

    /**
     * Whether nothing is left in this turn.
     *
     * @param now the time of the loop, which is the same within a turn
     */
    public boolean isSpent(long now) {
        return turn == now && spent >= NANOS_PER_TURN;
    }

    /** Notes that a step has taken so long. */
    public void spend(long now, long nanos) {
        if (turn != now) {
            turn = now;
            spent = 0;
        }
        spent += nanos;
    }
}
