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
        @ConfigDescription("More files: paths or patterns, relative to this file. * ? [a-z] {a,b} stand within a "
                + "segment.")
        List<String> include,
        @ConfigDefault("{}") @ConfigDescription("Filters that are not built in.") PluginsConfig plugins,
        @ConfigDefault("{}") @ConfigDescription("The event loops of the process, and its end.") RuntimeConfig runtime,
        @ConfigDefault("{}") @ConfigDescription("Hard bounds of the memory that carries bytes.") MemoryConfig memory,
        @ConfigDefault("{}") @ConfigDescription("Limits of the process.") LimitsConfig limits,
        @ConfigDescription("Metrics, memory and connections over HTTP. Without it: off.") Optional<AdminConfig> admin,
        @ConfigDescription("One line for each connection, when it ends. Without it: off.")
        Optional<AccessLogConfig> accessLog,
        @ConfigDescription("Where clients connect, and where their connections go.") List<ListenerConfig> listeners,
        @ConfigDescription("Endpoints that serve the same thing.") List<ClusterConfig> clusters) { // @formatter:on
    public Configuration {
        include = List.copyOf(include);
        listeners = List.copyOf(listeners);
        clusters = List.copyOf(clusters);
    }
}
