package dev.sluice.runtime.cluster;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The less loaded of two different endpoints drawn by weight: almost as even as a comparison of all of them, without a
 * herd that runs to the one least loaded a moment ago.
 *
 * @see <a href="https://doi.org/10.1109/71.963420">Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, 2001</a>
 */
record RandomTwoChoices(long seed) implements LoadBalancer {
    @Override
    public String label() {
        return "random-two-choices";
    }

    @Override
    public Picker over(Tier tier) {
        return new Pair(tier, seed);
    }

    private static final class Pair implements Picker {
        /** The number of draws from the table that may hit an endpoint not on offer before all are looked at. */
        private static final int TABLE_DRAWS = 4;

        private final Tier tier;
        /** The endpoints, each as often as its weight, so that a random position is a draw by weight. */
        private final int[] table;
        private final AtomicLong random;

        Pair(Tier tier, long seed) {
            this.tier = tier;
            this.table = RoundRobin.schedule(tier);
            this.random = new AtomicLong(seed);
        }

        @Override
        public int pick(ConnectAttempts attempts, long clientHash, long nowNanos) {
            int one = draw(Tier.NONE, attempts, nowNanos);
            if (one == Tier.NONE) {
                return one;
            }
            int other = draw(one, attempts, nowNanos);
            return other == Tier.NONE || tier.endpoint(one).compareLoad(tier.endpoint(other)) <= 0 ? one : other;
        }

        @Override
        public int preview(ConnectAttempts attempts, long clientHash, long nowNanos) {
            int only = Tier.NONE;
            for (int i = 0; i < tier.size(); i++) {
                if (tier.offers(i, attempts, nowNanos)) {
                    if (only != Tier.NONE) {
                        return Tier.DRAWN;
                    }
                    only = i;
                }
            }
            return only;
        }

        private int draw(int except, ConnectAttempts attempts, long nowNanos) {
            for (int draws = 0; draws < TABLE_DRAWS; draws++) {
                int i = table[Mix.below(table.length, Mix.next(random))];
                if (i != except && tier.offers(i, attempts, nowNanos)) {
                    return i;
                }
            }
            return tier.draw(Mix.next(random), except, attempts, nowNanos);
        }
    }
}
