package dev.sluice.runtime.wiring;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ClusterRules;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.cluster.ConnectPolicy;
import dev.sluice.runtime.cluster.Ejection;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.EndpointSet;
import dev.sluice.runtime.cluster.LoadBalancer;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterConfig.LoadBalancing;
import dev.sluice.runtime.config.model.DnsServer;
import dev.sluice.runtime.discovery.DnsSettings;
import dev.sluice.runtime.discovery.FileSettings;
import dev.sluice.runtime.discovery.FoundEndpoint;
import dev.sluice.runtime.discovery.RecordType;
import dev.sluice.runtime.discovery.SourceSettings;
import dev.sluice.runtime.proxyprotocol.SentHeader;
import org.jspecify.annotations.Nullable;

/** The translation of a cluster's configuration into what runs. */
public final class ClusterSettings {
    private ClusterSettings() {}

    /** The rules about the states of its endpoints. */
    public static ClusterRules rules(ClusterConfig config) {
        Ejection ejection = config.outlierDetection()
                .map(rule -> new Ejection(rule.consecutiveConnectFailures(), rule.ejection().toNanos(),
                        rule.maxEjection().toNanos(), rule.maxEjected().percent(), true))
                .orElse(Ejection.SIMPLE);
        boolean hashed = config.loadBalancing() == LoadBalancing.SOURCE_HASH;
        return new ClusterRules(ejection, config.healthCheck().isPresent(), config.panicThreshold().percent(),
                hashed ? 0 : config.slowStart().toNanos());
    }

    /** The bounds of the search for an endpoint. */
    static ConnectPolicy policy(ClusterConfig config) {
        return new ConnectPolicy(config.timeouts().connect().toNanos(), config.timeouts().connectTotal().toNanos(),
                config.connectAttempts(), config.queue().max(), config.queue().timeout().toNanos());
    }

    /** The source of its endpoints; null = they are written in the configuration. */
    public static @Nullable SourceSettings source(ClusterConfig config) {
        if (config.endpointsFile().isPresent()) {
            return new FileSettings(config.endpointsFile().get());
        }
        return config.dns().map(ClusterSettings::dns).orElse(null);
    }

    private static DnsSettings dns(ClusterConfig.Dns dns) {
        Set<RecordType> types = dns.type().stream().map(type -> RecordType.valueOf(type.name()))
                .collect(Collectors.toSet());
        return new DnsSettings(dns.name().text(), dns.port().orElse(0), types, dns.keepStale(),
                dns.servers().stream().filter(server -> !server.equals(DnsServer.SYSTEM)).map(DnsServer::address)
                        .toList());
    }

    /** The endpoints that are written in the configuration. */
    static List<Endpoint> written(ClusterState state, ClusterConfig config) {
        SentHeader ofCluster = ProxyProtocolSettings.sent(config);
        return config.endpoints().stream().map(endpoint -> new Endpoint(state.endpoint(endpoint.address()),
                endpoint.weight(), endpoint.maxConnections().orElse(0), endpoint.backup(),
                endpoint.proxyProtocol().map(ProxyProtocolSettings::sent).orElse(ofCluster))).toList();
    }

    /** The endpoints that a source has found. */
    private static List<Endpoint> found(ClusterState state, ClusterConfig config, List<FoundEndpoint> found) {
        SentHeader ofCluster = ProxyProtocolSettings.sent(config);
        return found.stream().map(endpoint -> new Endpoint(state.endpoint(endpoint.address()), endpoint.weight(),
                endpoint.maxConnections(), endpoint.backup(),
                Objects.requireNonNullElse(endpoint.header(), ofCluster))).toList();
    }

    /** The endpoints of a cluster: those that are written, or those that its source has found so far. */
    static List<Endpoint> endpoints(ClusterState state, ClusterConfig config, SourceAnswers answers) {
        SourceSettings source = source(config);
        if (source == null) {
            return written(state, config);
        }
        List<FoundEndpoint> answer = answers.current(source);
        return answer == null ? List.of() : found(state, config, answer);
    }

    /** Gives a cluster the endpoints that its source has found. @return whether they differ from those that it had */
    public static boolean adopt(Cluster cluster, ClusterConfig config, List<FoundEndpoint> answer) {
        List<Endpoint> endpoints = found(cluster.state(), config, answer);
        if (cluster.endpoints().list().equals(endpoints)) {
            return false;
        }
        LoadBalancer balancer = cluster.endpoints().balancer();
        cluster.endpoints(new EndpointSet(endpoints, balancer));
        return true;
    }
}
