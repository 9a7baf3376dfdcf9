package dev.sluice.runtime.config.model;

import java.util.Optional;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;

/**
 * Limits of the process.
 *
 * @param maxConnections empty = the most that the limit on open files allows
 */
public record LimitsConfig( // @formatter:off
        @ConfigRange(min = "1", max = LimitsConfig.MAX_CONNECTIONS)
        @ConfigDescription("The most connections of all listeners together. Default: what the limit on open files "
                + "allows; more "
                + "than that is refused at start.")
        Optional<Integer> maxConnections,
        ConfigPlace place) { // @formatter:on
    /** The greatest number of connections that can be configured. */
    static final String MAX_CONNECTIONS = "10000000";
}
