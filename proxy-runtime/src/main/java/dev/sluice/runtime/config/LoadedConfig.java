package dev.sluice.runtime.config;

import java.util.List;

import dev.sluice.runtime.config.model.Configuration;

/**
 * What came of a load that succeeded.
 *
 * @param warnings what is allowed but probably not meant, in the order of files and lines
 */
public record LoadedConfig(Configuration configuration, List<Problem> warnings) {
    public LoadedConfig {
        warnings = List.copyOf(warnings);
    }
}
