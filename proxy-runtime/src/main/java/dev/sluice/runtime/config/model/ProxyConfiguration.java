package dev.sluice.runtime.config.model;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A whole configuration, all files of it.
 *
 * @param admin absent = no admin interface
 * @param accessLog absent = no access log
 * @param plugins what the filters' providers were found by
 * @param listeners at least one, with distinct names and addresses, in the order of the files
 * @param clusters with distinct names; every cluster that a route names is here
 */
public record ProxyConfiguration(
        RuntimeConfig runtime,
        MemoryConfig memory,
        LimitsConfig limits,
        @Nullable AdminConfig admin,
        @Nullable AccessLogConfig accessLog,
        PluginsConfig plugins,
        List<ListenerConfig> listeners,
        List<ClusterConfig> clusters) {
    public ProxyConfiguration {
        listeners = List.copyOf(listeners);
        clusters = List.copyOf(clusters);
    }
}
