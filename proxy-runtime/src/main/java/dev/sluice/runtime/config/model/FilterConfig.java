package dev.sluice.runtime.config.model;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a listener's chain of filters.
 *
 * @param type the one of the provider
 * @param name distinct in the chain: as written, or the type, with a number from the second one on
 * @param provider makes the filter of {@code config}
 * @param config of the class that the provider asks for, defaults filled in
 * @param quarantine absent = never
 * @param place for what the provider finds wrong when it makes the filter
 */
public record FilterConfig(
        String type,
        String name,
        FilterProvider<?> provider,
        Record config,
        @Nullable QuarantineConfig quarantine,
        ConfigPlace place) {}
