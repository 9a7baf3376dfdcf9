package dev.sluice.filters.faults;

import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;

/** Filter type {@code fault}. */
public final class FaultProvider implements FilterProvider<FaultConfig> {
    /** Called by {@link java.util.ServiceLoader}. */
    public FaultProvider() {}

    @Override
    public String type() {
        return "fault";
    }

    @Override
    public Class<FaultConfig> configType() {
        return FaultConfig.class;
    }

    @Override
    public String description() {
        return "Injects faults, for tests: latency, bandwidth, slices, black holes, resets, early and late ends, wrong"
                + " bytes.";
    }

    @Override
    public FilterFactory create(FaultConfig config, FilterEnvironment environment) {
        return new FaultFactory(config, environment);
    }
}
