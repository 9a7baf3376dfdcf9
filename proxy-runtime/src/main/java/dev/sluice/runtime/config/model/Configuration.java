package dev.sluice.runtime.config.model;

import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.runtime.shape.Syntax;

/**
 * A whole configuration, from all its files. Names and addresses of listeners are distinct, names of clusters too, and
 * every cluster named by a route exists.
 *
 * @param include the patterns of all files, as written
 * @param listeners at least one, in the order of the files
 */
public record Configuration( // @formatter:off
        @Syntax(Syntax.Kind.TEXT)
        @ConfigDescription("More files to read: paths or patterns, relative to this file. * ? [a-z] {a,b} match "
                + "within a path "
                + "segment.")
        List<String> include,
        @ConfigDefault("{}") @ConfigDescription("The source of filters that are not built in.") PluginsConfig plugins,
        @ConfigDefault("{}")
        @ConfigDescription("Event loops, transport and shutdown of the process.") RuntimeConfig runtime,
        @ConfigDefault("{}") @ConfigDescription("Hard bounds of the buffer memory.") MemoryConfig memory,
        @ConfigDefault("{}") @ConfigDescription("Limits of the process.") LimitsConfig limits,
        @ConfigDefault("{}") @ConfigDescription("TLS of the process.") TlsConfig tls,
        @ConfigDescription("The admin interface: metrics, memory and connections over HTTP. Default: off.")
        Optional<AdminConfig> admin,
        @ConfigDescription("The access log: one line for each connection, when it ends. Default: off.")
        Optional<AccessLogConfig> accessLog,
        @ConfigDescription("Addresses for clients, with the filters and routes of their connections.")
        List<ListenerConfig> listeners,
        @ConfigDescription("Sets of endpoints that serve the same thing.")
        List<ClusterConfig> clusters) { // @formatter:on
    public Configuration {
        include = List.copyOf(include);
        listeners = List.copyOf(listeners);
        clusters = List.copyOf(clusters);
    }
}
