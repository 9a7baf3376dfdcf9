package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.cluster.Cluster;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a listener, of which the first that holds is taken, and the clusters that a filter may choose instead.
 * Immutable; thread-safe.
 */
public final class Routes {
    private final List<Route> routes;
    private final Map<String, Cluster> clusters;
    /** For each route and each of its server names, the same route with the name in its label. */
    private final List<Map<String, Route>> bySniPattern = new ArrayList<>();

    /** @param clusters all clusters of the configuration, by name */
    public Routes(List<Route> routes, Map<String, Cluster> clusters) {
        this.routes = List.copyOf(routes);
        this.clusters = Map.copyOf(clusters);
        for (Route route : routes) {
            Map<String, Route> labelled = new HashMap<>();
            if (route.match() != null) {
                for (String pattern : route.match().sni()) {
                    labelled.put(pattern, new Route(route.match(), route.cluster(), route.label() + " sni " + pattern));
                }
            }
            bySniPattern.add(labelled);
        }
    }

    /** The routes, in order. */
    public List<Route> list() {
        return routes;
    }

    boolean hasCluster(String name) {
        return clusters.containsKey(name);
    }

    /**
     * The first route that holds, or the route to the cluster that a filter has chosen; null if there is none.
     *
     * @param chosen the name of that cluster; null = no filter has chosen one
     */
    @Nullable
    Route find(@Nullable String chosen, RouteFacts facts, ClientAddress client) {
        Cluster cluster = chosen == null ? null : clusters.get(chosen);
        if (cluster != null) {
            return new Route(null, cluster, "filter");
        }
        IpAddress source = null;
        boolean known = false;
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            if (route.match() != null && !known) {
                source = client.source();
                known = true;
            }
            if (route.holds(facts, source)) {
                String pattern = route.sniPattern(facts);
                return pattern == null ? route : bySniPattern.get(i).get(pattern);
            }
        }
        return null;
    }

    /**
     * The route of a client, if no filter chooses a cluster; null if there is none. For questions, without a connection.
     *
     * @param facts what is known of it
     * @param client its address; null = it has none
     */
    public @Nullable Route of(Map<AttributeKey<String>, String> facts, @Nullable IpAddress client) {
        return find(null, facts::get, () -> client);
    }

    /** The source of the client's address, read only if a route has conditions. */
    interface ClientAddress {
        @Nullable
        IpAddress source();
    }
}
