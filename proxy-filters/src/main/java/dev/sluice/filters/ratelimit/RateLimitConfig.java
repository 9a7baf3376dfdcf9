package dev.sluice.filters.ratelimit;

import java.util.List;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;

/**
 * The configuration of {@code type: rate-limit}. A connection must keep within every limit.
 *
 * @param connections rates of new connections
 * @param concurrent numbers of open connections
 * @param bandwidth rates of bytes read
 * @param tableSize the number of sources that can be tracked at a time
 */
public record RateLimitConfig(
        @ConfigDescription("Rate of new connections.") List<ConnectionRate> connections,
        @ConfigDescription("Number of open connections.") List<ConcurrentLimit> concurrent,
        @ConfigDescription("Rate of bytes read.") List<Bandwidth> bandwidth,
        @ConfigDescription("Number of sources tracked at a time; connections of further ones are refused.") @ConfigDefault("100000") int tableSize) {
    /** The most limits in each list. A source needs memory for each. */
    private static final int MOST_LIMITS = 8;
    /** The most limits that fit into 64 bytes of state. */
    private static final int MOST_PER_CONNECTION = 3;
    private static final int LARGEST_TABLE = 10_000_000;
    /** The default of {@link #tableSize}. */
    static final int DEFAULT_TABLE = 100_000;

    public RateLimitConfig {
        connections = List.copyOf(connections);
        concurrent = List.copyOf(concurrent);
        bandwidth = List.copyOf(bandwidth);
        if (connections.isEmpty() && concurrent.isEmpty() && bandwidth.isEmpty()) {
            throw new ConfigException(null, "this filter limits nothing",
                    "at least one of connections, concurrent and bandwidth", null);
        }
        atMost(MOST_LIMITS, connections.size(), "connections");
        atMost(MOST_LIMITS, bandwidth.size(), "bandwidth");
        if (bandwidth.stream().filter(limit -> limit.per() == BandwidthScope.CONNECTION)
                .count() > MOST_PER_CONNECTION) {
            throw new ConfigException("bandwidth", "more than " + MOST_PER_CONNECTION + " limits per connection",
                    "at most " + MOST_PER_CONNECTION + " with 'per: connection'", null);
        }
        for (Scope scope : Scope.values()) {
            if (concurrent.stream().filter(limit -> limit.per() == scope).count() > 1) {
                throw new ConfigException("concurrent",
                        "two limits for the same connections; the larger one would never matter",
                        "one with 'per: source' and one with 'per: listener'", null);
            }
        }
        if (tableSize < 1 || tableSize > LARGEST_TABLE) {
            throw new ConfigException("tableSize", "a table of " + tableSize + " sources", "1 to " + LARGEST_TABLE,
                    null);
        }
    }

    private static void atMost(int most, int size, String key) {
        if (size > most) {
            throw new ConfigException(key, size + " limits are too many", "at most " + most, null);
        }
    }

    /** {@return the most connections of a scope at once; {@link Integer#MAX_VALUE} = not limited} */
    int maxConcurrent(Scope scope) {
        for (ConcurrentLimit limit : concurrent) {
            if (limit.per() == scope) {
                return limit.max();
            }
        }
        return Integer.MAX_VALUE;
    }

    /** {@return the number of limits in {@link #bandwidth} of a scope} */
    int bandwidthLimits(BandwidthScope scope) {
        return (int) bandwidth.stream().filter(limit -> limit.per() == scope).count();
    }
}
