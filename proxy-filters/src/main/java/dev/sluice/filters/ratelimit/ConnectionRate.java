package dev.sluice.filters.ratelimit;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;

/**
 * A rate of new connections.
 *
 * @param per the connections that are counted together
 * @param rate new connections per period
 * @param burst the most new connections at once, after a pause
 * @param exceeded the treatment of a connection above the rate
 * @param maxDelay the longest wait of a connection; for {@link Exceeded#DELAY} only
 */
public record ConnectionRate(
        @ConfigDescription("Connections that are counted together; a source is an IPv4 address or an IPv6 /64.") Scope per,
        @ConfigDescription("New connections per second, minute or hour, such as 20/s or 600/m.") Rate rate,
        @ConfigDescription("Most new connections at once, after a pause.") int burst,
        @ConfigDescription("Treatment of a connection above the rate: a reset, or a delay.") @ConfigDefault("reject") Exceeded exceeded,
        @ConfigDescription("Longest wait of a connection with 'exceeded: delay'; 1s if absent.") Optional<Duration> maxDelay) {
    /** The shortest interval that can be counted to 1 %; no machine accepts connections faster. */
    private static final long SHORTEST_INTERVAL_NANOS = 100;
    private static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_MAX_DELAY = Duration.ofMinutes(10);

    public ConnectionRate {
        if (rate.ofBytes()) {
            throw new ConfigException("rate", rate + " is a rate of bytes, not of connections",
                    "such as 20/s or 600/m",
                    null);
        }
        if (rate.perNanos() / rate.amount() < SHORTEST_INTERVAL_NANOS) {
            throw new ConfigException("rate", "no machine accepts " + rate + ", so this would limit nothing",
                    "at most 10000000/s", null);
        }
        if (burst < 1) {
            throw new ConfigException("burst", "a burst of " + burst + " would admit no connection", "at least 1",
                    null);
        }
        Refill.check(BigInteger.valueOf(burst), rate, String.valueOf(burst));
        if (maxDelay.isPresent() && exceeded == Exceeded.REJECT) {
            throw new ConfigException("maxDelay", "no connection waits with 'exceeded: reject'",
                    "maxDelay only with 'exceeded: delay'",
                    null);
        }
        if (maxDelay.isPresent()
                && (!maxDelay.get().isPositive() || maxDelay.get().compareTo(LONGEST_MAX_DELAY) > 0)) {
            throw new ConfigException("maxDelay", "a wait of " + maxDelay.get().toMillis() + "ms",
                    "more than 0 and at most " + LONGEST_MAX_DELAY.toMinutes() + "m", null);
        }
    }

    /** {@return the longest wait of a connection, in nanoseconds; 0 if it may not wait} */
    long maxWaitNanos() {
        return exceeded == Exceeded.REJECT ? 0 : maxDelay.orElse(DEFAULT_MAX_DELAY).toNanos();
    }
}
