package dev.sluice.filters.ratelimit;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.Direction;
import dev.sluice.api.ReadGate;

/** The filter for limits that remember nothing about a connection: one instance serves all. Thread-safe. */
class SharedLimiter implements ConnectionFilter {
    private static final long[] NO_CELLS = {};

    final Limits limits;

    SharedLimiter(Limits limits) {
        this.limits = limits;
    }

    @Override
    public ConnectDecision onConnect(ConnectionContext context) {
        int place = limits.enter(context);
        if (place < 0) {
            return limits.refuse(place, context);
        }
        try {
            return limits.pace(context, place);
        } finally {
            // The place was for the look at the buckets.
            limits.leave(place);
        }
    }

    /** The same with limits on the bytes of the listener. */
    static final class Gated extends SharedLimiter implements ReadGate {
        Gated(Limits limits) {
            super(limits);
        }

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            return limits.permits(direction, wanted, nowNanos, 0, NO_CELLS);
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            return limits.retryAt(direction, nowNanos, 0, NO_CELLS);
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            limits.consumed(direction, bytes, nowNanos, 0, NO_CELLS);
        }
    }
}
