package dev.sluice.runtime.config.model;

import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.runtime.shape.Syntax;

/**
 * A whole configuration, all files of it. Names and addresses of listeners are distinct, names of clusters too, and every cluster that a route
 * names exists.
 *
 * @param include as written, of all files
 * @param listeners at least one, in the order of the files
 */
public record Configuration( // @formatter:off
        @Syntax(Syntax.Kind.TEXT)
        @ConfigDescription("Further files: paths or patterns, relative to this file; * ? [a-z] {a,b} match within one "
                + "segment.")
        List<String> include,
        @ConfigDefault("{}") @ConfigDescription("Plugins: filters that are not built in.") PluginsConfig plugins,
        @ConfigDefault("{}") @ConfigDescription("Event loops, and the end of the process.") RuntimeConfig runtime,
        @ConfigDefault("{}") @ConfigDescription("Hard limits of the memory for bytes in transit.") MemoryConfig memory,
        @ConfigDefault("{}") @ConfigDescription("Limits of the process.") LimitsConfig limits,
        @ConfigDescription("Metrics, memory and connections over HTTP. Default: off.") Optional<AdminConfig> admin,
        @ConfigDescription("One line for each connection, when it ends. Default: off.")
        Optional<AccessLogConfig> accessLog,
        @ConfigDescription("Addresses for clients, and the destinations of their connections.")
        List<ListenerConfig> listeners,
        @ConfigDescription("Groups of endpoints with the same service.")
        List<ClusterConfig> clusters) { // @formatter:on
    public Configuration {
        include = List.copyOf(include);
        listeners = List.copyOf(listeners);
        clusters = List.copyOf(clusters);
    }
}
