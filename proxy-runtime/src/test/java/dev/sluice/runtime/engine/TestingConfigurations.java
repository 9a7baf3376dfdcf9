package dev.sluice.runtime.engine;

import java.util.Map;

import dev.sluice.runtime.config.ConfigLoader;
import dev.sluice.runtime.config.ConfigProblemsException;
import dev.sluice.runtime.config.model.ProxyConfiguration;

/** Configurations without filters, from YAML. */
final class TestingConfigurations {
    private TestingConfigurations() {}

    static ProxyConfiguration parse(String yaml) {
        try {
            return new ConfigLoader(Map.of()).parse(yaml, "test.yaml").configuration();
        } catch (ConfigProblemsException e) {
            throw new AssertionError(e);
        }
    }
}
