package dev.sluice.filters.ratelimit;

import java.math.BigInteger;
import java.time.Duration;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;

/** How long an empty bucket takes to be full. Exact whatever the numbers; for configuration, not for event loops. */
final class Refill {
    /** Keeps sums of times far from the ends of a {@code long}, and nobody waits longer for a burst. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private Refill() {}

    static BigInteger nanos(BigInteger burst, Rate rate, boolean roundUp) {
        BigInteger amount = BigInteger.valueOf(rate.amount());
        BigInteger nanos = burst.multiply(BigInteger.valueOf(rate.perNanos()));
        return (roundUp ? nanos.add(amount).subtract(BigInteger.ONE) : nanos).divide(amount);
    }

    /** @param shown the burst as the user knows it */
    static void check(BigInteger burst, Rate rate, String shown) {
        if (nanos(burst, rate, true).compareTo(BigInteger.valueOf(LONGEST.toNanos())) > 0) {
            throw new ConfigException("burst",
                    "at " + rate + " it takes more than a year until a burst of " + shown + " is there",
                    "what the rate brings in " + LONGEST.toDays() + " days at most", null);
        }
    }
}
