package dev.sluice.runtime.config.model;

import java.util.Optional;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;

/**
 * Limits of the process.
 *
 * @param maxConnections empty = what the limit on open files allows
 */
public record LimitsConfig( // @formatter:off
        @ConfigRange(min = "1", max = LimitsConfig.MAX_CONNECTIONS)
        @ConfigDescription("Most connections of all listeners together. Default: as the limit on open files allows; "
                + "more than that is refused at start.")
        Optional<Integer> maxConnections) { // @formatter:on
    /** The greatest number of connections that can be written. */
    static final String MAX_CONNECTIONS = "10000000";
}
