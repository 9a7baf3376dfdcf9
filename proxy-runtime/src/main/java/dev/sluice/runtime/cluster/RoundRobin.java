package dev.sluice.runtime.cluster;

import java.util.concurrent.atomic.AtomicLong;

/** Smooth weighted round-robin over a precomputed schedule with one cursor for all loops. */
record RoundRobin() implements LoadBalancer {
    /**
     * The longest period, which bounds memory and preparation; longer ones are scaled down to about this, with each
     * weight at least 1.
     */
    static final int MAX_PERIOD = 16_384;

    @Override
    public String label() {
        return "round-robin";
    }

    @Override
    public Picker over(Tier tier) {
        return new Rotation(tier, schedule(tier));
    }

    private static final class Rotation implements Picker {
        private final Tier tier;
        private final int[] schedule;
        private final AtomicLong cursor = new AtomicLong();

        Rotation(Tier tier, int[] schedule) {
            this.tier = tier;
            this.schedule = schedule;
        }

        @Override
        public int pick(ConnectAttempts attempts, long clientHash, long nowNanos) {
            // A position that cannot be used is consumed, as if it were not in the schedule: each other endpoint still
            // has its own positions and no more. Looking ahead without consuming would give the whole share of an
            // endpoint that is down to its neighbour.
            long position = 0;
            for (int draws = 0; draws < tier.size(); draws++) {
                position = cursor.getAndIncrement();
                int i = schedule[(int) (position % schedule.length)];
                if (tier.offers(i, attempts, nowNanos)) {
                    return i;
                }
            }
            // Most of the schedule is out of use. A draw that goes by weight adds no bias to what the cursor gave.
            return tier.draw(Mix.mix(position), Tier.NONE, attempts, nowNanos);
        }

        @Override
        public int preview(ConnectAttempts attempts, long clientHash, long nowNanos) {
            long position = cursor.get();
            for (int draws = 0; draws < tier.size(); draws++) {
                int i = schedule[(int) ((position + draws) % schedule.length)];
                if (tier.offers(i, attempts, nowNanos)) {
                    return i;
                }
            }
            return tier.draw(Mix.mix(position + tier.size() - 1), Tier.NONE, attempts, nowNanos);
        }
    }

    /**
     * One period of the schedule: each endpoint as often as its weight divided by the common divisor, as evenly spread
     * as possible.
     *
     * @see <a href="https://github.com/nginx/nginx/commit/52327e0627f49dbda1e8db695e63a4b0af4448b1">nginx: smooth weighted round-robin</a>
     */
    static int[] schedule(Tier tier) {
        int[] weights = reduce(tier);
        int total = 0;
        for (int weight : weights) {
            total += weight;
        }
        int[] schedule = new int[total];
        int[] current = new int[weights.length];
        for (int position = 0; position < total; position++) {
            int best = 0;
            for (int i = 0; i < weights.length; i++) {
                current[i] += weights[i];
                if (current[i] > current[best]) {
                    best = i;
                }
            }
            current[best] -= total;
            schedule[position] = best;
        }
        return schedule;
    }

    private static int[] reduce(Tier tier) {
        int[] weights = new int[tier.size()];
        int divisor = 0;
        long total = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = tier.endpoint(i).weight();
            divisor = gcd(weights[i], divisor);
            total += weights[i];
        }
        double scale = total / divisor <= MAX_PERIOD ? 1.0 / divisor : (double) MAX_PERIOD / total;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.max(1, (int) Math.rint(weights[i] * scale));
        }
        return weights;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
