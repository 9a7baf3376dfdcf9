package dev.sluice.runtime.wiring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import com.google.inject.AbstractModule;
import com.google.inject.Key;
import com.google.inject.Provider;
import com.google.inject.Scopes;
import com.google.inject.TypeLiteral;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.cluster.ConnectPolicy;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.EndpointSet;
import dev.sluice.runtime.cluster.LoadBalancer;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.OpenConnections;
import dev.sluice.runtime.relay.RelaySettings;
import dev.sluice.runtime.relay.Route;
import dev.sluice.runtime.relay.Routes;
import dev.sluice.runtime.transport.SocketOptions;

/**
 * The bindings of one generation. Creates the objects that belong to it; those that outlive it come from
 * {@link Running}.
 */
final class GenerationModule extends AbstractModule {
    private static final TypeLiteral<Map<String, Cluster>> CLUSTERS = new TypeLiteral<>() {
    };
    private static final TypeLiteral<Map<String, ListenerGeneration>> LISTENERS = new TypeLiteral<>() {
    };

    private final long number;
    private final Configuration configuration;
    private final PluginRegistry plugins;
    private final Map<String, ChainPlan> plans;
    private final Running running;

    /** @param plans the chain of each listener, by its name */
    GenerationModule(long number, Configuration configuration, PluginRegistry plugins,
            Map<String, ChainPlan> plans, Running running) {
        this.number = number;
        this.configuration = configuration;
        this.plugins = plugins;
        this.plans = plans;
        this.running = running;
    }

    /** Binds without annotations and named scopes, for which Guice would generate proxy classes at every start. */
    @Override
    protected void configure() {
        OpenConnections connections = new OpenConnections(number, running.loops());
        bind(CLUSTERS).toProvider(this::clusters).in(Scopes.SINGLETON);
        Provider<Map<String, Cluster>> clusters = getProvider(Key.get(CLUSTERS));
        bind(LISTENERS).toProvider(() -> listeners(clusters.get(), connections)).in(Scopes.SINGLETON);
        Provider<Map<String, ListenerGeneration>> listeners = getProvider(Key.get(LISTENERS));
        bind(Generation.class).toProvider(() -> new Generation(number, configuration, plugins, clusters.get(),
                listeners.get(), connections, running)).in(Scopes.SINGLETON);
    }

    private Map<String, Cluster> clusters() {
        Map<String, Cluster> clusters = new LinkedHashMap<>();
        for (ClusterConfig cluster : configuration.clusters()) {
            clusters.put(cluster.name(), cluster(cluster));
        }
        return Collections.unmodifiableMap(clusters);
    }

    private Map<String, ListenerGeneration> listeners(Map<String, Cluster> clusters, OpenConnections connections) {
        Map<String, ListenerGeneration> listeners = new LinkedHashMap<>();
        for (ListenerConfig listener : configuration.listeners()) {
            ChainPlan plan = Objects.requireNonNull(plans.get(listener.name()));
            listeners.put(listener.name(), new ListenerGeneration(running.listener(listener.name()),
                    relaySettings(listener.timeouts(), listener.socket()), plan,
                    new Routes(routes(listener, clusters), clusters), connections));
        }
        return Collections.unmodifiableMap(listeners);
    }

    private Cluster cluster(ClusterConfig config) {
        ClusterState state = running.cluster(config.name());
        List<Endpoint> endpoints = config.endpoints().stream().map(endpoint -> new Endpoint(
                state.endpoint(endpoint.address()), endpoint.weight(), endpoint.backup())).toList();
        return new Cluster(state, new EndpointSet(endpoints, balancer(config)),
                new ConnectPolicy(config.timeouts().connect().toNanos(), config.timeouts().connectTotal().toNanos(),
                        config.connectAttempts()));
    }

    private static LoadBalancer balancer(ClusterConfig config) {
        return switch (config.loadBalancing()) {
            case ROUND_ROBIN -> LoadBalancer.roundRobin();
            case LEAST_CONNECTIONS -> LoadBalancer.leastConnections();
            case RANDOM_TWO_CHOICES -> LoadBalancer.randomTwoChoices(ThreadLocalRandom.current().nextLong());
            case SOURCE_HASH -> LoadBalancer.sourceHash();
        };
    }

    private static List<Route> routes(ListenerConfig config, Map<String, Cluster> clusters) {
        List<Route> routes = new ArrayList<>();
        for (RouteConfig route : config.routes()) {
            Cluster cluster = clusters.get(route.cluster());
            if (cluster == null) {
                throw new IllegalArgumentException("listener " + config.name() + " names no cluster: "
                        + route.cluster());
            }
            RouteConfig.Match match = route.match().orElse(null);
            routes.add(new Route(match == null
                    ? null
                    : new Route.Match(Set.copyOf(match.protocols()), Set.copyOf(match.sni()),
                            Set.copyOf(match.alpn()), match.sources()),
                    cluster, "routes[" + routes.size() + "]"));
        }
        return routes;
    }

    private RelaySettings relaySettings(ListenerConfig.Timeouts timeouts, ListenerConfig.Socket socket) {
        return new RelaySettings(timeouts.idle().toNanos(), timeouts.halfClosed().toNanos(),
                timeouts.writeStall().toNanos(), timeouts.linger().toNanos(), timeouts.tarpit().toNanos(),
                (int) configuration.memory().readBuffer().bytes(), socketOptions(socket));
    }

    private static SocketOptions socketOptions(ListenerConfig.Socket config) {
        ListenerConfig.KeepAlive keepAlive = config.keepAlive().orElse(null);
        int userTimeoutMillis = config.userTimeout().map(timeout -> (int) timeout.toMillis()).orElse(0);
        if (keepAlive == null) {
            return new SocketOptions(config.noDelay(), 0, 0, 0, userTimeoutMillis);
        }
        return new SocketOptions(config.noDelay(), seconds(keepAlive.idle()), seconds(keepAlive.interval()),
                keepAlive.count(), userTimeoutMillis);
    }

    /** Keepalive times in whole seconds, as the system counts them. */
    private static int seconds(Duration duration) {
        return (int) Math.max(1, duration.plusMillis(999).toSeconds());
    }
}
