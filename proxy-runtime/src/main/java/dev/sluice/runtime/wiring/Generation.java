package dev.sluice.runtime.wiring;

import java.util.Map;

import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.OpenConnections;

/**
 * A generation: the objects built from one configuration. Connections keep the generation that accepted them.
 *
 * @param number of the generation; the first one of a server is 1
 * @param configuration the configuration it was built from
 * @param plugins the source of its filters; not closed with it
 * @param clusters by name, in the order of the configuration
 * @param listeners by name, in the order of the configuration
 * @param connections the connections that keep it alive
 * @param running the states that its objects share with those of other generations
 */
public record Generation(long number, Configuration configuration, PluginRegistry plugins,
        Map<String, Cluster> clusters, Map<String, ListenerGeneration> listeners, OpenConnections connections,
        Running running) implements AutoCloseable {
    /** Applies the limits of this generation to the connections of all generations. */
    public void applyLimits() {
        for (ListenerConfig listener : configuration.listeners()) {
            running.listener(listener.name()).limit().max(listener.maxConnections().orElse(0));
        }
        for (ClusterConfig cluster : configuration.clusters()) {
            running.cluster(cluster.name()).limit().max(cluster.maxConnections().orElse(0));
            for (ClusterConfig.Endpoint endpoint : cluster.endpoints()) {
                running.cluster(cluster.name()).endpoint(endpoint.address()).limit()
                        .max(endpoint.maxConnections().orElse(0));
            }
        }
    }

    /** Closes the filters. To be called after the last of its connections, once, and not on an event loop. */
    @Override
    public void close() {
        listeners.values().forEach(listener -> listener.plan().slots().forEach(FilterSlot::close));
    }
}
