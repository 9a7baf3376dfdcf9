package dev.sluice.runtime.wiring;

import java.nio.file.Path;
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
import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.cluster.ConnectPolicy;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.EndpointSet;
import dev.sluice.runtime.cluster.LoadBalancer;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.health.CheckSettings;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.OpenConnections;
import dev.sluice.runtime.relay.RelaySettings;
import dev.sluice.runtime.relay.Route;
import dev.sluice.runtime.relay.Routes;
import dev.sluice.runtime.relay.Serving;
import dev.sluice.runtime.relay.TlsRules;
import dev.sluice.runtime.tls.ClientSettings;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.TicketRules;
import dev.sluice.runtime.tls.UpstreamTls;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/**
 * The bindings of one generation. Creates the objects that belong to it; those that outlive it come from
 * {@link Running}.
 */
final class GenerationModule extends AbstractModule {
    private static final TypeLiteral<Map<String, Cluster>> CLUSTERS = new TypeLiteral<>() {
    };
    private static final TypeLiteral<Map<String, Serving>> LISTENERS = new TypeLiteral<>() {
    };

    private final long number;
    private final Configuration configuration;
    private final PluginRegistry plugins;
    private final FilterAssembly filters;
    private final Map<String, CheckSettings> checks;
    private final Map<Path, FileStamp> checkFiles;
    private final Map<String, Identities> certificates;
    private final Map<String, ClientSettings> upstreamTls;
    private final Map<String, ClientTrust> trusts;
    private final Map<String, TicketRules> tickets;
    private final Running running;
    private final SourceAnswers answers;
    private final @Nullable Generation previous;

    /** @param previous the generation before; null = none */
    GenerationModule(long number, Configuration configuration, PluginRegistry plugins, FilterAssembly filters,
            Map<String, CheckSettings> checks, Map<Path, FileStamp> checkFiles, Map<String, Identities> certificates,
            Map<String, ClientSettings> upstreamTls, Map<String, ClientTrust> trusts,
            Map<String, TicketRules> tickets, Running running,
            SourceAnswers answers, @Nullable Generation previous) {
        this.number = number;
        this.configuration = configuration;
        this.plugins = plugins;
        this.filters = filters;
        this.checks = checks;
        this.checkFiles = checkFiles;
        this.certificates = certificates;
        this.upstreamTls = upstreamTls;
        this.trusts = trusts;
        this.tickets = tickets;
        this.running = running;
        this.answers = answers;
        this.previous = previous;
    }

    /** Binds without annotations and named scopes, for which Guice would generate proxy classes at every start. */
    @Override
    protected void configure() {
        bind(CLUSTERS).toProvider(this::clusters).in(Scopes.SINGLETON);
        Provider<Map<String, Cluster>> clusters = getProvider(Key.get(CLUSTERS));
        bind(LISTENERS).toProvider(() -> listeners(clusters.get())).in(Scopes.SINGLETON);
        Provider<Map<String, Serving>> listeners = getProvider(Key.get(LISTENERS));
        bind(Generation.class).toProvider(() -> new Generation(number, configuration, plugins, clusters.get(),
                listeners.get(), filters.factories(), checks, checkFiles, certificates, trusts, tickets, running))
                .in(Scopes.SINGLETON);
    }

    private Map<String, Cluster> clusters() {
        Map<String, Cluster> clusters = new LinkedHashMap<>();
        for (ClusterConfig cluster : configuration.clusters()) {
            clusters.put(cluster.name(), cluster(cluster));
        }
        return Collections.unmodifiableMap(clusters);
    }

    private Map<String, Serving> listeners(Map<String, Cluster> clusters) {
        Map<String, Serving> listeners = new LinkedHashMap<>();
        for (ListenerConfig listener : configuration.listeners()) {
            listeners.put(listener.name(),
                    new Serving(settings(listener), new Routes(routes(listener, clusters), clusters)));
        }
        return Collections.unmodifiableMap(listeners);
    }

    /** The settings and filters of a listener: those of the generation before, if they are the same. */
    private ListenerGeneration settings(ListenerConfig listener) {
        ChainPlan plan = Objects.requireNonNull(filters.plans().get(listener.name()));
        TlsRules tls = listener.tls().map(config -> {
            Identities identities = Objects.requireNonNull(certificates.get(listener.name()));
            ClientTrust trust = trusts.get(listener.name());
            TicketRules ticketRules = tickets.getOrDefault(listener.name(), TicketRules.DEFAULT);
            return TlsSettings.rules(listener, config, identities, trust, ticketRules, running.tls(),
                    running.engines().boring(configuration.tls(), listener, identities),
                    running.engines().detail(listener.name()));
        }).orElse(null);
        RelaySettings settings = ListenerSettings.of(listener, configuration.memory().readBuffer().bytes(), tls);
        Serving before = previous == null ? null : previous.listeners().get(listener.name());
        if (before != null && before.listener().settings().equals(settings)
                && before.listener().plan().isSame(plan)) {
            plan.slots().forEach(FilterSlot::close);
            return before.listener();
        }
        return new ListenerGeneration(running.listener(listener.name()), settings, plan,
                new OpenConnections(running.loops()), number);
    }

    /** A cluster; that of the generation before, if it is the same, with its tables and its place in the rotation. */
    private Cluster cluster(ClusterConfig config) {
        ClusterState state = running.cluster(config.name());
        List<Endpoint> endpoints = ClusterSettings.endpoints(state, config, answers);
        ConnectPolicy policy = ClusterSettings.policy(config);
        LoadBalancer balancer = balancer(config);
        UpstreamTls tls = UpstreamTlsSettings.rules(config, upstreamTls, running.tls());
        Cluster before = previous == null ? null : previous.clusters().get(config.name());
        if (before != null && before.endpoints().balancer().label().equals(balancer.label())
                && before.endpoints().list().equals(endpoints)) {
            boolean same = before.policy().equals(policy) && Objects.equals(before.tls(), tls);
            return same ? before : new Cluster(state, before.endpoints(), policy, tls);
        }
        return new Cluster(state, new EndpointSet(endpoints, balancer), policy, tls);
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
                            Set.copyOf(match.alpn()), match.sources(), Set.copyOf(match.clientSan())),
                    cluster, "routes[" + routes.size() + "]"));
        }
        return routes;
    }
}
