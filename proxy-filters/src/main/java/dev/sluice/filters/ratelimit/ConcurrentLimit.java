package dev.sluice.filters.ratelimit;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;

/**
 * A limit on open connections.
 *
 * @param per the connections that are counted together
 * @param max the most open connections; one more is closed with a reset
 */
public record ConcurrentLimit(
        @ConfigDescription("Connections that are counted together; a source is an IPv4 address or an IPv6 /64.") Scope per,
        @ConfigDescription("Most connections open at once; one more is closed with a reset.") int max) {
    public ConcurrentLimit {
        if (max < 1) {
            throw new ConfigException("max", max + " connections at once would admit no connection", "at least 1",
                    null);
        }
    }
}
