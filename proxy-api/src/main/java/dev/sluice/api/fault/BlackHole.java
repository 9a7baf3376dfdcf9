package dev.sluice.api.fault;

import java.time.Duration;
import java.util.Optional;

import dev.sluice.api.Incubating;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;

/**
 * A stream that stops without an end.
 *
 * @param thenReset the age of the connection, or of the fault if that is younger, at which the connection is reset;
 *     empty = never
 */
@Incubating
public record BlackHole(
        @ConfigDescription("Reset the connection after this time; default: never.") @ConfigRange(min = "0ms", max = "24h") Optional<Duration> thenReset) {}
