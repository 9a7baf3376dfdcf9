package dev.sluice.filters.ratelimit;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;

/**
 * How many connections may be open at once.
 *
 * @param per whose connections are counted together
 * @param max so many; one more is closed with a reset
 */
public record ConcurrentLimit(
        @ConfigDescription("Whose connections are counted together; a source is an IPv4 address or an IPv6 /64.") Scope per,
        @ConfigDescription("So many may be open at once.") int max) {
    public ConcurrentLimit {
        if (max < 1) {
            throw new ConfigException("max", max + " connections at once would admit nobody", "at least 1", null);
        }
    }
}
