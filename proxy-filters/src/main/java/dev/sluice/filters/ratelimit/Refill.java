package dev.sluice.filters.ratelimit;

import java.math.BigInteger;
import java.time.Duration;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;

/** The time in which an empty bucket fills. Exact for all numbers; for configuration, not for event loops. */
final class Refill {
    /** A bound that keeps sums of times far from the ends of a {@code long}; no real burst takes longer. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private Refill() {}

    static BigInteger nanos(BigInteger burst, Rate rate, boolean roundUp) {
        BigInteger amount = BigInteger.valueOf(rate.amount());
        BigInteger nanos = burst.multiply(BigInteger.valueOf(rate.perNanos()));
        return (roundUp ? nanos.add(amount).subtract(BigInteger.ONE) : nanos).divide(amount);
    }

    /** @param shown the burst as written in the configuration */
    static void check(BigInteger burst, Rate rate, String shown) {
        if (nanos(burst, rate, true).compareTo(BigInteger.valueOf(LONGEST.toNanos())) > 0) {
            throw new ConfigException("burst",
                    "a burst of " + shown + " takes more than a year to come in at " + rate,
                    "at most what the rate brings in " + LONGEST.toDays() + " days", null);
        }
    }
}
