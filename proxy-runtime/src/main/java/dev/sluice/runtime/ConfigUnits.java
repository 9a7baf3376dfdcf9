package dev.sluice.runtime;

import java.time.Duration;

import dev.sluice.runtime.config.Durations;
import dev.sluice.runtime.config.Sizes;
import dev.sluice.runtime.selection.Units;

/** Durations and sizes of expressions, as a configuration writes them. Stateless. */
final class ConfigUnits implements Units {
    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final long LARGEST = 1L << 50;

    @Override
    public Duration duration(String text) {
        return Durations.read(text, Duration.ZERO, LONGEST);
    }

    @Override
    public long size(String text) {
        return Sizes.read(text, 0, LARGEST);
    }
}
