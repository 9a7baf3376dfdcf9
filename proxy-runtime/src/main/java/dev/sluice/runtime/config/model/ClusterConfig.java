package dev.sluice.runtime.config.model;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.PlannedKeys;
import dev.sluice.runtime.shape.Syntax;

/** Endpoints that serve the same thing. Their addresses are distinct. */
@PlannedKeys({"proxyProtocol", "dns", "healthCheck", "outlierDetection"})
public record ClusterConfig( // @formatter:off
        @Syntax(Syntax.Kind.NAME)
        @ConfigDescription(value = "The name that listeners use.", hint = "the name that listeners use") String name,
        @ConfigDefault("round-robin") @ConfigDescription("Choice of an endpoint; every way respects weights.")
        LoadBalancing loadBalancing,
        @ConfigDefault("{}") @ConfigDescription("Times for connecting.") Timeouts timeouts,
        @ConfigRange(min = "1", max = "32") @ConfigDefault("3")
        @ConfigDescription("Most endpoints that one connection tries.") int connectAttempts,
        @ConfigRange(min = "1", max = LimitsConfig.MAX_CONNECTIONS)
        @ConfigDescription("Most connections to all endpoints at one time; one more is closed. Default: no limit.")
        Optional<Integer> maxConnections,
        @ConfigNotEmpty(required = true)
        @ConfigDescription(value = "Servers of the cluster.", hint = "a list, as in [ { address: \"10.0.0.1:443\" } ]")
        List<Endpoint> endpoints,
        ConfigPlace place) { // @formatter:on
    public ClusterConfig {
        endpoints = List.copyOf(endpoints);
    }

    /** The choice of an endpoint; each way honours weights. */
    public enum LoadBalancing {
        /** In turn. */
        ROUND_ROBIN,
        /** The one with the fewest connections for its weight. */
        LEAST_CONNECTIONS,
        /** The less loaded of two drawn by lot. */
        RANDOM_TWO_CHOICES,
        /** The same one for the same client address (Maglev). */
        SOURCE_HASH
    }

    /** The time that connecting may take; {@code connectTotal} is not shorter than {@code connect}. */
    public record Timeouts( // @formatter:off
            @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("3s")
            @ConfigDescription("Longest time of one attempt.")
            Duration connect,
            @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("10s")
            @ConfigDescription("Longest time of all attempts together.") Duration connectTotal,
            ConfigPlace place) {} // @formatter:on

    /** One server of a cluster. */
    public record Endpoint( // @formatter:off
            @Syntax(Syntax.Kind.ENDPOINT_ADDRESS)
            @ConfigDescription(value = "IP:port, [IPv6]:port or unix:/path. Names are not looked up.",
                    hint = "an address, such as \"10.0.0.1:443\"")
            SocketAddress address,
            @ConfigRange(min = "1", max = "256") @ConfigDefault("1")
            @ConfigDescription("Share of connections, relative to the other endpoints.") int weight,
            @ConfigRange(min = "1", max = LimitsConfig.MAX_CONNECTIONS)
            @ConfigDescription("Most connections to it at one time. Default: no limit of its own.")
            Optional<Integer> maxConnections,
            @ConfigDefault("false") @ConfigDescription("Use only when no other endpoint can be used.") boolean backup,
            ConfigPlace place) {} // @formatter:on
}
