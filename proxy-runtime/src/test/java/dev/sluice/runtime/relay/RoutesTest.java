package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.cluster.ConnectPolicy;
import dev.sluice.runtime.cluster.EndpointSet;
import dev.sluice.runtime.cluster.LoadBalancer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Routes of listeners without filters: by source only. What filters find out is matched in {@code FilteredRelayTest}. */
class RoutesTest {
    private final Cluster inside = cluster("inside");
    private final Cluster outside = cluster("outside");
    private final List<String> asked = new ArrayList<>();

    private static Cluster cluster(String name) {
        return new Cluster(new ClusterState(name, 1), new EndpointSet(List.of(), LoadBalancer.roundRobin()),
                new ConnectPolicy(1, 1, 1, 0, 0));
    }

    private static Route.Match from(String... sources) {
        return new Route.Match(Set.of(), Set.of(), Set.of(), List.of(sources).stream().map(Cidr::parse).toList());
    }

    private Routes routes(Route... routes) {
        return new Routes(List.of(routes), Map.of("inside", inside, "outside", outside));
    }

    private @Nullable String find(Routes routes, @Nullable String client) {
        Route found = routes.find(null, key -> null, () -> {
            asked.add("source");
            return client == null ? null : IpAddress.parse(client);
        });
        return found == null ? null : found.label() + " " + found.cluster().name();
    }

    @Test
    void theFirstRouteThatHoldsIsTaken() {
        Routes routes = routes(new Route(from("10.0.0.0/8", "fd00::/8"), inside, "routes[0]"),
                new Route(from("10.1.0.0/16"), outside, "routes[1]"), new Route(null, outside, "routes[2]"));
        assertEquals("routes[0] inside", find(routes, "10.1.2.3"));
        assertEquals("routes[0] inside", find(routes, "fd00::1"));
        assertEquals("routes[2] outside", find(routes, "192.0.2.1"));
        assertEquals("routes[2] outside", find(routes, null), "a client of a Unix socket has no address");
    }

    @Test
    void whereNoRouteHoldsThereIsNone() {
        Routes routes = routes(new Route(from("10.0.0.0/8"), inside, "routes[0]"));
        assertNull(find(routes, "192.0.2.1"));
        assertNull(find(routes, null));
    }

    @Test
    void whatOnlyFiltersFindOutHoldsForNobodyWithoutThem() {
        Routes routes = routes(
                new Route(new Route.Match(Set.of("tls"), Set.of(), Set.of(), List.of()), inside, "routes[0]"),
                new Route(new Route.Match(Set.of(), Set.of("*.example.com"), Set.of(), List.of()), inside, "routes[1]"),
                new Route(new Route.Match(Set.of(), Set.of(), Set.of("h2"), List.of()), inside, "routes[2]"));
        assertNull(find(routes, "10.0.0.1"));
    }

    @Test
    void theSourceIsAskedOnceAndOnlyIfARouteHasConditions() {
        assertEquals("routes[0] inside", find(routes(new Route(null, inside, "routes[0]")), "10.0.0.1"));
        assertEquals(List.of(), asked);

        find(routes(new Route(from("10.0.0.0/8"), inside, "routes[0]"),
                new Route(from("11.0.0.0/8"), inside, "routes[1]")), "192.0.2.1");
        assertEquals(List.of("source"), asked);
    }

    @Test
    void everyClusterOfTheConfigurationMayBeRoutedTo() {
        Routes routes = routes(new Route(null, inside, "routes[0]"));
        assertTrue(routes.hasCluster("outside"));
        assertFalse(routes.hasCluster("elsewhere"));
    }
}
