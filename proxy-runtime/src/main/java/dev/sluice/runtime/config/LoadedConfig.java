package dev.sluice.runtime.config;

import java.util.List;

import dev.sluice.runtime.config.model.ProxyConfiguration;

/**
 * What came of a load that succeeded.
 *
 * @param warnings what is allowed but probably not meant, in the order of files and lines
 */
public record LoadedConfig(ProxyConfiguration configuration, List<ConfigProblem> warnings) {
    public LoadedConfig {
        warnings = List.copyOf(warnings);
    }
}
