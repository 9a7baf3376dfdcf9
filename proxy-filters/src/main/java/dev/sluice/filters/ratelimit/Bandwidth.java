package dev.sluice.filters.ratelimit;

import java.math.BigInteger;
import java.time.Duration;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;

/**
 * A rate of bytes read.
 *
 * @param direction the bytes that are counted
 * @param per the connections whose bytes are counted together
 * @param rate bytes per period
 * @param burst the most bytes at once, after a pause
 */
public record Bandwidth(
        @ConfigDescription("Direction of the bytes that are counted; both = the sum.") BandwidthDirection direction,
        @ConfigDescription("Bytes that are counted together; a source is an IPv4 address or an IPv6 /64.") BandwidthScope per,
        @ConfigDescription("Bytes per second, minute or hour, such as 10MiB/s.") Rate rate,
        @ConfigDescription("Most bytes at once, after a pause.") ByteSize burst) {
    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(Duration.ofSeconds(1).toNanos());
    /** The fastest rate: above it, a nanosecond more or less would be a whole packet. */
    private static final BigInteger FASTEST_PER_SECOND = BigInteger.ONE.shiftLeft(40);
    /**
     * The shortest time that a burst must cover. A bucket takes in the tokens that arrive while a connection waits: up
     * to half of the burst by intent, and those that arrive while the timer of a busy loop is late. Tokens that do not
     * fit are lost to the rate.
     */
    private static final Duration SHORTEST_BURST = Duration.ofMillis(50);

    public Bandwidth {
        BigInteger amount = BigInteger.valueOf(rate.amount());
        BigInteger perNanos = BigInteger.valueOf(rate.perNanos());
        if (amount.multiply(NANOS_PER_SECOND).compareTo(FASTEST_PER_SECOND.multiply(perNanos)) > 0) {
            throw new ConfigException("rate", "no network is as fast as " + rate + ", so this would limit nothing",
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

    /** {@return a round size of at least this many bytes} */
    private static ByteSize roundedUp(long bytes) {
        long floor = Long.highestOneBit(bytes);
        return new ByteSize(floor == bytes ? bytes : floor << 1);
    }
}
