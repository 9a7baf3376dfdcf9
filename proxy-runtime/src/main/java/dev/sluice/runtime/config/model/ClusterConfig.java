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

/** A cluster: endpoints that serve the same thing. Their addresses are distinct. */
@PlannedKeys({"proxyProtocol", "dns", "healthCheck", "outlierDetection"})
public record ClusterConfig( // @formatter:off
        @Syntax(Syntax.Kind.NAME)
        @ConfigDescription(value = "The name that listeners use.", hint = "the name that listeners use") String name,
        @ConfigDefault("round-robin") @ConfigDescription("The choice of an endpoint; every choice honours weights.")
        LoadBalancing loadBalancing,
        @ConfigDefault("{}") @ConfigDescription("Timeouts for connecting to an endpoint.") Timeouts timeouts,
        @ConfigRange(min = "1", max = "32") @ConfigDefault("3")
        @ConfigDescription("The most endpoints that one connection tries.") int connectAttempts,
        @ConfigRange(min = "1", max = LimitsConfig.MAX_CONNECTIONS)
        @ConfigDescription("The most connections to all endpoints at one time; further ones are closed. Default: no "
                + "limit.")
        Optional<Integer> maxConnections,
        @ConfigNotEmpty(required = true)
        @ConfigDescription(value = "The servers of the cluster.",
                hint = "a list, as in [ { address: \"10.0.0.1:443\" } ]")
        List<Endpoint> endpoints,
        ConfigPlace place) { // @formatter:on
    public ClusterConfig {
        endpoints = List.copyOf(endpoints);
    }

    /** Rules for the choice of an endpoint; each of them honours weights. */
    public enum LoadBalancing {
        /** Each endpoint in turn. */
        ROUND_ROBIN,
        /** The endpoint with the fewest connections for its weight. */
        LEAST_CONNECTIONS,
        /** The less loaded of two endpoints drawn at random. */
        RANDOM_TWO_CHOICES,
        /** The same endpoint for the same client address (Maglev). */
        SOURCE_HASH
    }

    /** Timeouts for connecting; {@code connectTotal} is not shorter than {@code connect}. */
    public record Timeouts( // @formatter:off
            @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("3s") @ConfigDescription("The timeout of one attempt.")
            Duration connect,
            @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("10s")
            @ConfigDescription("The timeout of all attempts of one connection together.") Duration connectTotal,
            ConfigPlace place) {} // @formatter:on

    /** A server of a cluster. */
    public record Endpoint( // @formatter:off
            @Syntax(Syntax.Kind.ENDPOINT_ADDRESS)
            @ConfigDescription(value = "IP:port, [IPv6]:port or unix:/path. Names are not looked up.",
                    hint = "an address, such as \"10.0.0.1:443\"")
            SocketAddress address,
            @ConfigRange(min = "1", max = "256") @ConfigDefault("1")
            @ConfigDescription("The endpoint's share of the connections.") int weight,
            @ConfigRange(min = "1", max = LimitsConfig.MAX_CONNECTIONS)
            @ConfigDescription("The most connections to the endpoint at one time. Default: no limit of its own.")
            Optional<Integer> maxConnections,
            @ConfigDefault("false")
            @ConfigDescription("Whether the endpoint is used only when no other one can be.") boolean backup,
            ConfigPlace place) {} // @formatter:on
}
