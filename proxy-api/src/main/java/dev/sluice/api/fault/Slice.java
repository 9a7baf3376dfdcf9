package dev.sluice.api.fault;

import java.time.Duration;

import dev.sluice.api.Incubating;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.ConfigRange;

/**
 * Pieces that a stream is cut into, each sent by itself.
 *
 * @param min the least bytes of a piece; fewer if no more have arrived
 * @param max the most bytes of a piece
 * @param every the least time between the starts of two pieces
 */
@Incubating
public record Slice(
        @ConfigDescription("Least bytes of a piece.") @ConfigRange(min = "1", max = "1048576") int min,
        @ConfigDescription("Most bytes of a piece.") @ConfigRange(min = "1", max = "1048576") int max,
        @ConfigDescription("Least time between two pieces.") @ConfigDefault("0ms") @ConfigRange(min = "0ms", max = "1h") Duration every) {
    /**
     * Checks the sizes.
     *
     * @throws ConfigException if they are not 1 to 1 MiB, in order, or the time is negative
     */
    public Slice {
        if (min < 1 || max > 1 << 20) {
            throw new ConfigException(null, "pieces of " + min + " to " + max + " bytes", "1 to 1048576", null);
        }
        if (max < min) {
            throw new ConfigException("max", "it is smaller than min, " + min, "at least min", String.valueOf(min));
        }
        if (every.isNegative()) {
            throw new ConfigException("every", "a time of " + every, "0ms to 1h", null);
        }
    }
}
