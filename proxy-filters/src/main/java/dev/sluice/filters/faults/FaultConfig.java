package dev.sluice.filters.faults;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.fault.Fault;

/**
 * The configuration of {@code type: fault}.
 *
 * @param faults the faults from the start; with none, the filter waits for those that are added at run time
 */
public record FaultConfig(@ConfigDescription("Faults, in the order in which they act.") List<Fault> faults) {
    /** The most faults of a filter. */
    static final int MOST = 32;

    public FaultConfig {
        faults = List.copyOf(faults);
        if (faults.size() > MOST) {
            throw new ConfigException("faults", faults.size() + " faults are too many", "at most " + MOST, null);
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < faults.size(); i++) {
            String name = faults.get(i).name().orElse("");
            if (!name.isEmpty() && names.contains(name)) {
                throw new ConfigException("faults[" + i + "].name", "another fault is called '" + name + "' too",
                        "a name of its own", name + "-2");
            }
            names.add(name);
        }
    }
}
