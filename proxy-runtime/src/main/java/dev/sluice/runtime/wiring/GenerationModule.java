package dev.sluice.runtime.wiring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import com.google.inject.AbstractModule;
import com.google.inject.Key;
import com.google.inject.Provider;
import com.google.inject.Scopes;
import com.google.inject.TypeLiteral;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.LoadBalancer;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.ConnectCounters;
import dev.sluice.runtime.observe.ListenerCounters;
import dev.sluice.runtime.relay.Limit;
import dev.sluice.runtime.relay.RelaySettings;
import dev.sluice.runtime.relay.Route;
import dev.sluice.runtime.relay.Routes;
import dev.sluice.runtime.relay.Service;
import dev.sluice.runtime.relay.Target;
import dev.sluice.runtime.transport.SocketOptions;
import org.jspecify.annotations.Nullable;

/** The bindings of one generation. */
final class GenerationModule extends AbstractModule {
    private static final TypeLiteral<Map<String, Target>> TARGETS = new TypeLiteral<>() {
    };
    private static final TypeLiteral<List<Service>> SERVICES = new TypeLiteral<>() {
    };

    private final Configuration configuration;
    private final List<ChainPlan> plans;
    private final int loops;
    private final @Nullable Consumer<AccessEntry> accessLog;

    /** @param plans one for each listener, in the order of the configuration */
    GenerationModule(Configuration configuration, List<ChainPlan> plans, int loops,
            @Nullable Consumer<AccessEntry> accessLog) {
        this.configuration = configuration;
        this.plans = plans;
        this.loops = loops;
        this.accessLog = accessLog;
    }

    /** No binding annotation, nor a scope that is named by one: Guice would make proxy classes to read them, at every start. */
    @Override
    protected void configure() {
        bind(TARGETS).toProvider(this::targets).in(Scopes.SINGLETON);
        Provider<Map<String, Target>> targets = getProvider(Key.get(TARGETS));
        bind(SERVICES).toProvider(() -> services(targets.get())).in(Scopes.SINGLETON);
        Provider<List<Service>> services = getProvider(Key.get(SERVICES));
        bind(Generation.class).toProvider(() -> new Generation(configuration, targets.get(), services.get()))
                .in(Scopes.SINGLETON);
    }

    private Map<String, Target> targets() {
        Map<String, Target> targets = new LinkedHashMap<>();
        for (ClusterConfig cluster : configuration.clusters()) {
            targets.put(cluster.name(), target(cluster));
        }
        return Collections.unmodifiableMap(targets);
    }

    private List<Service> services(Map<String, Target> targets) {
        List<Service> services = new ArrayList<>();
        for (int i = 0; i < plans.size(); i++) {
            services.add(service(configuration.listeners().get(i), plans.get(i), targets));
        }
        return List.copyOf(services);
    }

    private Target target(ClusterConfig config) {
        List<Endpoint> endpoints = config.endpoints().stream().map(GenerationModule::endpoint).toList();
        Cluster cluster = new Cluster(config.name(), endpoints, balancer(config), config.maxConnections().orElse(0));
        return new Target(cluster, config.timeouts().connect().toNanos(), config.timeouts().connectTotal().toNanos(),
                config.connectAttempts(), forEachLoop(() -> new ConnectCounters(config.name())));
    }

    private static Endpoint endpoint(ClusterConfig.Endpoint config) {
        return new Endpoint(config.address(), config.weight(), config.maxConnections().orElse(0), config.backup());
    }

    private static LoadBalancer balancer(ClusterConfig config) {
        return switch (config.loadBalancing()) {
            case ROUND_ROBIN -> LoadBalancer.roundRobin();
            case LEAST_CONNECTIONS -> LoadBalancer.leastConnections();
            case RANDOM_TWO_CHOICES -> LoadBalancer.randomTwoChoices(ThreadLocalRandom.current().nextLong());
            case SOURCE_HASH -> LoadBalancer.sourceHash();
        };
    }

    private Service service(ListenerConfig config, ChainPlan plan, Map<String, Target> targets) {
        Limit limit = new Limit(config.maxConnections().orElse(Integer.MAX_VALUE));
        return new Service(config.name(), relaySettings(config.timeouts(), config.socket()), plan,
                new Routes(routes(config, targets), targets), limit,
                forEachLoop(() -> new ListenerCounters(config.name())), accessLog);
    }

    private static List<Route> routes(ListenerConfig config, Map<String, Target> targets) {
        List<Route> routes = new ArrayList<>();
        for (RouteConfig route : config.routes()) {
            Target target = targets.get(route.cluster());
            if (target == null) {
                throw new IllegalArgumentException("listener " + config.name() + " names no cluster: "
                        + route.cluster());
            }
            RouteConfig.Match match = route.match().orElse(null);
            routes.add(new Route(match == null
                    ? null
                    : new Route.Match(Set.copyOf(match.protocols()), Set.copyOf(match.sni()),
                            Set.copyOf(match.alpn()), match.sources()),
                    target, "routes[" + routes.size() + "]"));
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

    /** The system counts keepalive in whole seconds. */
    private static int seconds(Duration duration) {
        return (int) Math.max(1, duration.plusMillis(999).toSeconds());
    }

    private <T> List<T> forEachLoop(Supplier<T> each) {
        return IntStream.range(0, loops).mapToObj(loop -> each.get()).toList();
    }
}
