package dev.sluice.runtime.config.model;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigOneOf;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.Syntax;

/**
 * A cluster: endpoints that serve the same thing. Their addresses are distinct. They are written here, or found at run
 * time: exactly one of {@code endpoints}, {@code endpointsFile} and {@code dns} is present.
 */
@ConfigOneOf(value = {"endpoints", "endpointsFile",
    "dns"}, allowed = "one of the three: endpoints, a file with them, or a name in DNS")
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
        @ConfigDefault("{}") @ConfigDescription("Clients that wait for a place at an endpoint.") Queue queue,
        @ConfigDescription("The PROXY header with which connections to endpoints begin: v1, v2, or v2 with more facts. "
                + "Default: none is sent.")
        Optional<SentProxyHeader> proxyProtocol,
        @ConfigDescription("The TLS of connections to the endpoints. Default: bytes are passed on as they come.")
        Optional<ClusterTls> tls,
        @ConfigNotEmpty
        @ConfigDescription(value = "The servers of the cluster.",
                hint = "a list, as in [ { address: \"10.0.0.1:443\" } ]")
        List<Endpoint> endpoints,
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("A file with a list like endpoints, in YAML or JSON, relative to this file. It is looked at every "
                + "second.")
        Optional<Path> endpointsFile,
        @ConfigDescription("A name in DNS whose addresses are the servers.") Optional<Dns> dns,
        @ConfigDescription("Checks of the endpoints by the proxy. Default: none.") Optional<HealthCheckConfig> healthCheck,
        @ConfigDescription("The rule that ejects endpoints after failed connections. Default: one failure, for 10s, "
                + "until a trial succeeds.")
        Optional<OutlierDetection> outlierDetection,
        @ConfigDefault("0%")
        @ConfigDescription("The share of endpoints that are up below which health checks are ignored; 0% = never.")
        Percentage panicThreshold,
        @ConfigRange(min = "0s", max = "24h") @ConfigDefault("0s")
        @ConfigDescription("The time in which the share of an endpoint that comes up, or is new, grows from a tenth to "
                + "the whole; 0s = at once.")
        Duration slowStart,
        @ConfigDefault("keep")
        @ConfigDescription("The end of the connections of an endpoint that is removed: keep, drain 10m or close.")
        ConnectionsEnd onRemoved,
        @ConfigDefault("keep")
        @ConfigDescription("The end of the connections of an endpoint that health checks find down: keep, drain 10m or "
                + "close.")
        ConnectionsEnd onUnhealthy,
        ConfigPlace place) { // @formatter:on
    public ClusterConfig {
        endpoints = List.copyOf(endpoints);
        endpointsFile = endpointsFile.map(file -> place.directory().resolve(file).normalize());
    }

    /** The name that the certificates of the endpoints have to have; empty = none is known. */
    public Optional<HostName> tlsName() {
        Optional<HostName> written = tls.flatMap(ClusterTls::serverName);
        boolean addresses = dns.isPresent() && !dns.get().type().contains(RecordType.SRV);
        return written.isPresent() || !addresses ? written : dns.map(Dns::name);
    }

    /** The same cluster without the endpoints that are written in it. */
    public ClusterConfig withoutEndpoints() {
        return new ClusterConfig(name, loadBalancing, timeouts, connectAttempts, maxConnections, queue,
                proxyProtocol, tls, List.of(),
                endpointsFile, dns, healthCheck, outlierDetection, panicThreshold, slowStart, onRemoved, onUnhealthy,
                place);
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

    /** A queue of clients, in the order of their arrival, for a place at an endpoint. */
    public record Queue( // @formatter:off
            @ConfigRange(min = "0", max = LimitsConfig.MAX_CONNECTIONS) @ConfigDefault("0")
            @ConfigDescription("The most clients that wait; further ones are closed. 0 = none waits.") int max,
            @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("10s")
            @ConfigDescription("The most time that a client waits.") Duration timeout,
            ConfigPlace place) {} // @formatter:on

    /** A name in DNS. */
    public record Dns( // @formatter:off
            @ConfigDescription(value = "The name to look up.", hint = "a name, such as db.example.com") HostName name,
            @ConfigRange(min = "1", max = "65535")
            @ConfigDescription("The port of the servers. SRV records have their own.") Optional<Integer> port,
            @ConfigNotEmpty @ConfigDefault("[A, AAAA]")
            @ConfigDescription("The types of records: A, AAAA or both; or SRV alone.") List<RecordType> type,
            @ConfigRange(min = "1s", max = "8760h") @ConfigDefault("1h")
            @ConfigDescription("The time for which the last answer is used when there is no new one.")
            Duration keepStale,
            @ConfigNotEmpty @ConfigDefault("[system]")
            @ConfigDescription("The DNS servers, as in 10.0.0.2:53; system = those of the system.")
            List<DnsServer> servers,
            ConfigPlace place) { // @formatter:on
        public Dns {
            type = List.copyOf(type);
            servers = List.copyOf(servers);
        }
    }

    /** Types of DNS records. */
    public enum RecordType {
        /** IPv4 addresses. */
        A,
        /** IPv6 addresses. */
        AAAA,
        /** Servers with ports, weights and priorities (RFC 2782). */
        SRV;

        /**
         * Parses a type, as DNS writes it.
         *
         * @throws ConfigException if the text is none
         */
        public static RecordType parse(String text) {
            for (RecordType type : values()) {
                if (type.name().equals(text)) {
                    return type;
                }
            }
            String upper = text.toUpperCase(Locale.ROOT);
            boolean known = Arrays.stream(values()).anyMatch(type -> type.name().equals(upper));
            throw new ConfigException(null, "'" + text + "' is not a type of DNS records that can be used here",
                    "A, AAAA, SRV", known ? upper : null);
        }
    }

    /** The ejection of endpoints to which connections fail. */
    public record OutlierDetection( // @formatter:off
            @ConfigRange(min = "1", max = "1000000") @ConfigDefault("5")
            @ConfigDescription("Failures in a row that eject an endpoint: connects that fail, and connections that it "
                    + "closes within 1s without a byte.")
            int consecutiveConnectFailures,
            @ConfigRange(min = "100ms", max = "24h") @ConfigDefault("10s")
            @ConfigDescription("The time of the first ejection; each further one takes twice as long.") Duration ejection,
            @ConfigRange(min = "100ms", max = "24h") @ConfigDefault("5m")
            @ConfigDescription("The longest ejection.") Duration maxEjection,
            @ConfigDefault("50%")
            @ConfigDescription("The most endpoints that are ejected at one time; at least one of two, and never the "
                    + "last one.")
            Percentage maxEjected,
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
            @ConfigDescription("The PROXY header of this endpoint, or none. Default: that of the cluster.")
            Optional<SentProxyHeader> proxyProtocol,
            ConfigPlace place) {} // @formatter:on
}
