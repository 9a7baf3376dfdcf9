package dev.sluice.runtime.wiring;

import java.util.List;
import java.util.Map;

import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.relay.Service;
import dev.sluice.runtime.relay.Target;

/**
 * What one configuration was built into. Connections keep the generation that accepted them.
 *
 * @param configuration that it was built from
 * @param targets by cluster name, in the order of the configuration
 * @param services one for each listener, in the order of the configuration
 */
public record Generation(Configuration configuration, Map<String, Target> targets,
        List<Service> services) implements AutoCloseable {
    /** Closes the filters. After the last of its connections, and not on an event loop. */
    @Override
    public void close() {
        services.forEach(service -> service.plan().slots().forEach(FilterSlot::close));
    }
}
