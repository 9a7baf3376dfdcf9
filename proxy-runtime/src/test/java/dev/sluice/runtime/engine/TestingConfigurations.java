package dev.sluice.runtime.engine;

import java.util.Map;

import dev.sluice.runtime.config.ConfigLoader;
import dev.sluice.runtime.config.FilterSource;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.Configuration;

/** Configurations without filters, from YAML. */
final class TestingConfigurations {
    private TestingConfigurations() {}

    static Configuration parse(String yaml) {
        try {
            return new ConfigLoader(Map.of()).parse(yaml, "test.yaml", FilterSource.NONE).configuration();
        } catch (ProblemsException e) {
            throw new AssertionError(e);
        }
    }
}
