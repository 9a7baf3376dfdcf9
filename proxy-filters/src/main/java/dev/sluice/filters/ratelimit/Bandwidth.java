package dev.sluice.filters.ratelimit;

import java.math.BigInteger;
import java.time.Duration;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;

/**
 * How many bytes may be read in a time.
 *
 * @param direction which bytes are counted
 * @param per whose bytes are counted together
 * @param burst so many may be read at once after a pause
 */
public record Bandwidth(@ConfigDescription("Which bytes are counted; both = the sum.") BandwidthDirection direction,
        @ConfigDescription("Whose bytes are counted together; a source is an IPv4 address or an IPv6 /64.") BandwidthScope per,
        @ConfigDescription("Bytes in a time, such as 10MiB/s.") Rate rate,
        @ConfigDescription("So many bytes may be read at once after a pause.") ByteSize burst) {
    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(Duration.ofSeconds(1).toNanos());
    /** Above it, a nanosecond more or less would be a whole packet. */
    private static final BigInteger FASTEST_PER_SECOND = BigInteger.ONE.shiftLeft(40);
    /**
     * A bucket holds what comes in while a connection waits: up to half of the burst by intent, and what comes in while the timer of a busy
     * loop is late. What does not fit is lost to the rate.
     */
    private static final Duration SHORTEST_BURST = Duration.ofMillis(50);

    public Bandwidth {
        BigInteger amount = BigInteger.valueOf(rate.amount());
        BigInteger perNanos = BigInteger.valueOf(rate.perNanos());
        if (amount.multiply(NANOS_PER_SECOND).compareTo(FASTEST_PER_SECOND.multiply(perNanos)) > 0) {
            throw new ConfigException("rate", "nothing is as fast as " + rate + ", so this would limit nothing",
                    "at most 1024GiB/s", null);
        }
        if (burst.bytes() < 1) {
            throw new ConfigException("burst", "a burst of 0 bytes would let nothing pass", "at least 1", null);
        }
        BigInteger smallest = amount.multiply(BigInteger.valueOf(SHORTEST_BURST.toNanos())).divide(perNanos);
        if (smallest.compareTo(BigInteger.valueOf(burst.bytes())) > 0) {
            throw new ConfigException("burst",
                    "the rate could not be reached: " + rate + " brings more than a burst of " + burst + " in "
                            + SHORTEST_BURST.toMillis() + "ms",
                    "at least " + smallest, roundedUp(smallest.longValueExact()).toString());
        }
        Refill.check(BigInteger.valueOf(burst.bytes()), rate, burst.toString());
    }

    /** To a round size of at least so many bytes. */
    private static ByteSize roundedUp(long bytes) {
        long floor = Long.highestOneBit(bytes);
        return new ByteSize(floor == bytes ? bytes : floor << 1);
    }
}
