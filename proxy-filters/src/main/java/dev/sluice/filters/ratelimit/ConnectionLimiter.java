package dev.sluice.filters.ratelimit;

import java.util.Arrays;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.ReadGate;

/**
 * The filter for limits that remember something about a connection: its place among the others. On the connection's
 * event loop.
 */
class ConnectionLimiter implements ConnectionFilter {
    private static final int OUTSIDE = -1;

    final Limits limits;
    /** {@link #OUTSIDE} before it has entered and after it has left. */
    int place = OUTSIDE;

    ConnectionLimiter(Limits limits) {
        this.limits = limits;
    }

    @Override
    public ConnectDecision onConnect(ConnectionContext context) {
        int given = limits.enter(context);
        if (given < 0) {
            return limits.refuse(given, context);
        }
        ConnectDecision decision = limits.pace(context, given);
        if (decision == ConnectDecision.REJECT) {
            limits.leave(given);
        } else {
            place = given;
        }
        return decision;
    }

    @Override
    public void onClose(CloseReason reason, ConnectionInfo connection) {
        if (place != OUTSIDE) {
            limits.leave(place);
            place = OUTSIDE;
        }
    }

    /** The same with limits on bytes. */
    static final class Gated extends ConnectionLimiter implements ReadGate {
        private final long[] own;

        Gated(Limits limits) {
            super(limits);
            own = limits.newCells();
        }

        @Override
        public ConnectDecision onConnect(ConnectionContext context) {
            Arrays.fill(own, context.nanoTime());
            return super.onConnect(context);
        }

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            return limits.permits(direction, wanted, nowNanos, place, own);
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            return limits.retryAt(direction, nowNanos, place, own);
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            limits.consumed(direction, bytes, nowNanos, place, own);
        }
    }
}
