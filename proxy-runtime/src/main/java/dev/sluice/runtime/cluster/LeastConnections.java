package dev.sluice.runtime.cluster;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Least connections: the endpoint that would have the fewest in proportion to its weight. */
record LeastConnections() implements LoadBalancer {
    @Override
    public String label() {
        return "least-connections";
    }

    @Override
    public Picker over(Tier tier) {
        return new Scan(tier);
    }

    private static final class Scan implements Picker {
        private final Tier tier;
        /** The number of the pick at which each endpoint was last picked, so that equal endpoints take turns. */
        private final AtomicLongArray lastPick;
        private final AtomicLong picks = new AtomicLong();

        Scan(Tier tier) {
            this.tier = tier;
            this.lastPick = new AtomicLongArray(tier.size());
        }

        @Override
        public int pick(ConnectAttempts attempts, long clientHash, long nowNanos) {
            int best = preview(attempts, clientHash, nowNanos);
            if (best != Tier.NONE) {
                lastPick.set(best, picks.incrementAndGet());
            }
            return best;
        }

        @Override
        public int preview(ConnectAttempts attempts, long clientHash, long nowNanos) {
            int best = Tier.NONE;
            for (int i = 0; i < tier.size(); i++) {
                if (tier.offers(i, attempts, nowNanos) && (best == Tier.NONE || isBetter(i, best))) {
                    best = i;
                }
            }
            return best;
        }

        private boolean isBetter(int i, int best) {
            int load = tier.endpoint(i).compareLoad(tier.endpoint(best));
            return load < 0 || (load == 0 && lastPick.get(i) < lastPick.get(best));
        }
    }
}
