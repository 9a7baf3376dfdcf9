package dev.sluice.filters.ratelimit;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;

/**
 * How many connections may come in a time.
 *
 * @param per whose connections are counted together
 * @param burst so many may come at once after a pause
 * @param maxDelay how long a connection may wait; for {@link Exceeded#DELAY} only
 */
public record ConnectionRate(
        @ConfigDescription("Whose connections are counted together; a source is an IPv4 address or an IPv6 /64.") Scope per,
        @ConfigDescription("Connections in a time, such as 20/s or 600/m.") Rate rate,
        @ConfigDescription("So many may come at once after a pause.") int burst,
        @ConfigDescription("What happens to a connection that comes too early.") @ConfigDefault("reject") Exceeded exceeded,
        @ConfigDescription("How long a connection may wait with 'exceeded: delay'; 1s if it is not said.") Optional<Duration> maxDelay) {
    /** Shorter intervals cannot be counted to 1 %, and nobody accepts so many connections. */
    private static final long SHORTEST_INTERVAL_NANOS = 100;
    private static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_MAX_DELAY = Duration.ofMinutes(10);

    public ConnectionRate {
        if (rate.ofBytes()) {
            throw new ConfigException("rate", rate + " counts bytes, and these are connections",
                    "such as 20/s or 600/m",
                    null);
        }
        if (rate.perNanos() / rate.amount() < SHORTEST_INTERVAL_NANOS) {
            throw new ConfigException("rate", "nobody accepts " + rate + ", so this would limit nothing",
                    "at most 10000000/s", null);
        }
        if (burst < 1) {
            throw new ConfigException("burst", "a burst of " + burst + " would admit nobody", "at least 1", null);
        }
        Refill.check(BigInteger.valueOf(burst), rate, String.valueOf(burst));
        if (maxDelay.isPresent() && exceeded == Exceeded.REJECT) {
            throw new ConfigException("maxDelay", "nobody waits with 'exceeded: reject'",
                    "maxDelay only with 'exceeded: delay'",
                    null);
        }
        if (maxDelay.isPresent()
                && (!maxDelay.get().isPositive() || maxDelay.get().compareTo(LONGEST_MAX_DELAY) > 0)) {
            throw new ConfigException("maxDelay", "a wait of " + maxDelay.get().toMillis() + "ms",
                    "more than 0 and at most " + LONGEST_MAX_DELAY.toMinutes() + "m", null);
        }
    }

    /** How long a connection may wait; 0 if it may not. */
    long maxWaitNanos() {
        return exceeded == Exceeded.REJECT ? 0 : maxDelay.orElse(DEFAULT_MAX_DELAY).toNanos();
    }
}
