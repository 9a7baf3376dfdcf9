package dev.sluice.runtime.config;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.selfdial.DialLoops;
import dev.sluice.runtime.selfdial.ListenTable;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Checks across sections: distinct names and addresses, clusters that exist, routes that are never reached, and
 * connections that come back. A malformed name counts as it was written, so that references to it are not reported too.
 * One thread, one load.
 */
final class Consistency {
    /** The index of the admin interface among listeners. */
    private static final int ADMIN = -1;

    /**
     * A listener, or the admin interface.
     *
     * @param place of the record that has the key {@code listen}
     * @param listener its index, or {@link #ADMIN}
     */
    private record Holder(String title, SocketAddress address, ConfigPlace place, int listener) {
        String text() {
            return Printable.quote(written(place, "listen", address));
        }
    }

    private final Configuration configuration;
    private final Problems problems;
    private final Map<String, ClusterConfig> clusters = new LinkedHashMap<>();
    private final ListenTable<Holder> table = new ListenTable<>(InetAddress::isLoopbackAddress);

    /** @param configuration invalid parts may be missing in it; they have been reported */
    Consistency(Configuration configuration, Problems problems) {
        this.configuration = configuration;
        this.problems = problems;
    }

    /**
     * Reports all problems found.
     *
     * @param main the place of the top level of the first file
     * @param complete whether all files were read; otherwise missing parts are not reported
     */
    void check(ConfigPlace main, boolean complete) {
        names();
        addresses();
        configuration.clusters().forEach(this::endpoints);
        loops();
        RouteOrder order = new RouteOrder(problems);
        configuration.listeners().forEach(order::check);
        if (complete) {
            references();
            if (configuration.listeners().isEmpty()) {
                problems.add(main.at("listeners"), "there is no listener",
                        "at least one, as in - { name: edge, listen: \"0.0.0.0:443\", cluster: web }", null);
            }
        }
    }

    /** The name of a record; null if it has none that references could use. */
    private static @Nullable String nameOf(@Nullable String name, ConfigPlace place) {
        return name == null ? place.text("name") : name;
    }

    /** The text of a value, for a message. */
    private static String written(ConfigPlace place, String key, SocketAddress address) {
        String text = place.text(key);
        return text == null ? address.toString() : text;
    }

    private void names() {
        Map<String, ConfigPlace> listeners = new HashMap<>();
        for (ListenerConfig listener : configuration.listeners()) {
            distinct(nameOf(listener.name(), listener.place()), listener.place(), "listener", listeners);
            Map<String, ConfigPlace> filters = new HashMap<>();
            listener.filters().stream().filter(filter -> filter.place().has("name"))
                    .filter(filter -> !filter.place().isWrong("name"))
                    .forEach(filter -> distinct(filter.name(), filter.place(), "filter", filters));
        }
        Map<String, ConfigPlace> names = new HashMap<>();
        for (ClusterConfig cluster : configuration.clusters()) {
            String name = nameOf(cluster.name(), cluster.place());
            distinct(name, cluster.place(), "cluster", names);
            if (name != null) {
                clusters.putIfAbsent(name, cluster);
            }
        }
    }

    private void distinct(@Nullable String name, ConfigPlace place, String noun, Map<String, ConfigPlace> seen) {
        ConfigPlace first = name == null ? null : seen.putIfAbsent(name, place);
        if (name != null && first != null) {
            ConfigPlace.Spot at = place.at("name");
            problems.add(at, "a second " + noun + " with the name " + Printable.quote(name) + "; the first is "
                    + first.at("name").from(at), "a name that no other " + noun + " has", null);
        }
    }

    private static Set<String> clustersOf(ListenerConfig listener) {
        return listener.routes().stream().filter(route -> !route.place().isWrong("cluster")).map(RouteConfig::cluster)
                .collect(Collectors.toSet());
    }

    private void references() {
        configuration.listeners().forEach(listener -> listener.routes().forEach(this::reference));
        Set<String> used = configuration.listeners().stream().flatMap(listener -> clustersOf(listener).stream())
                .collect(Collectors.toSet());
        clusters.forEach((name, cluster) -> {
            if (!used.contains(name)) {
                problems.warn(cluster.place().at("name"), "no listener uses the cluster " + Printable.quote(name));
            }
        });
    }

    private void reference(RouteConfig route) {
        String cluster = route.cluster();
        if (!route.place().isWrong("cluster") && !problems.full() && !clusters.containsKey(cluster)) {
            problems.add(route.place().at("cluster"), "there is no cluster " + Printable.quote(cluster),
                    clusters.isEmpty() ? "the name of a cluster; none is defined" : some(clusters.keySet()),
                    DidYouMean.among(clusters.keySet(), cluster));
        }
    }

    private static String some(Set<String> names) {
        List<String> shown = names.stream().limit(20).toList();
        return String.join(", ", shown)
                + (names.size() > shown.size() ? ", and " + (names.size() - shown.size()) + " more" : "");
    }

    private void addresses() {
        configuration.admin().filter(admin -> !admin.place().isWrong("listen")).ifPresent(admin -> claim(
                new Holder("the admin interface", admin.listen(), admin.place(), ADMIN), false));
        for (int i = 0; i < configuration.listeners().size(); i++) {
            ListenerConfig listener = configuration.listeners().get(i);
            if (!listener.place().isWrong("listen")) {
                claim(new Holder(title(i), listener.listen(), listener.place(), i), listener.socket().ipv6Only());
            }
        }
    }

    private String title(int listener) {
        ListenerConfig config = configuration.listeners().get(listener);
        String name = nameOf(config.name(), config.place());
        return name == null ? "a listener" : "listener " + Printable.quote(name);
    }

    private void claim(Holder holder, boolean ipv6Only) {
        Holder other = table.claim(holder.address, ipv6Only, holder);
        if (other != null) {
            ConfigPlace.Spot at = holder.place.at("listen");
            boolean same = other.address.equals(holder.address);
            problems.add(at, "the address " + holder.text()
                    + (same ? " is taken by " : " overlaps with " + other.text() + " of ") + other.title + " "
                    + other.place.at("listen").from(at), "an address for each, or port 0" + orIpv6Only(holder, other),
                    null);
        }
    }

    /** The hint at ipv6Only, where a [::] overlaps only because it also takes connections over IPv4. */
    private static String orIpv6Only(Holder one, Holder other) {
        boolean first = ipOf(one) instanceof Inet6Address;
        Holder wildcard = first ? one : other;
        return ipOf(wildcard) instanceof Inet6Address && ipOf(first ? other : one) instanceof Inet4Address
                ? ", or socket.ipv6Only: true for " + wildcard.text()
                : "";
    }

    private static @Nullable InetAddress ipOf(Holder holder) {
        return holder.address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    private void endpoints(ClusterConfig cluster) {
        Map<SocketAddress, ConfigPlace> seen = new HashMap<>();
        for (ClusterConfig.Endpoint endpoint : cluster.endpoints()) {
            ConfigPlace place = endpoint.place();
            ConfigPlace first = place.isWrong("address") ? null : seen.putIfAbsent(endpoint.address(), place);
            if (first != null) {
                ConfigPlace.Spot at = place.at("address");
                problems.add(at,
                        "a second endpoint " + Printable.quote(written(place, "address", endpoint.address()))
                                + " in this cluster; the first is " + first.at("address").from(at),
                        "each endpoint once, with a weight", null);
            }
        }
    }

    private @Nullable Holder reachedBy(ClusterConfig.Endpoint endpoint) {
        return endpoint.place().isWrong("address") ? null : table.reachedBy(endpoint.address());
    }

    /**
     * Reports endpoints that lead back. An endpoint that is a listener is allowed as long as no way leads back to it.
     */
    private void loops() {
        DialLoops dialLoops = new DialLoops(InetAddress::isLoopbackAddress);
        for (ListenerConfig listener : configuration.listeners()) {
            dialLoops.listener(listener.place().isWrong("listen") ? null : listener.listen(),
                    listener.socket().ipv6Only(), clustersOf(listener));
        }
        clusters.forEach((name, cluster) -> dialLoops.cluster(name, cluster.endpoints().stream()
                .filter(endpoint -> !endpoint.place().isWrong("address")).map(ClusterConfig.Endpoint::address)
                .toList()));
        configuration.clusters().forEach(cluster -> loops(cluster, dialLoops));
    }

    private void loops(ClusterConfig cluster, DialLoops dialLoops) {
        String name = nameOf(cluster.name(), cluster.place());
        for (ClusterConfig.Endpoint endpoint : cluster.endpoints()) {
            Holder target = reachedBy(endpoint);
            if (target == null || problems.full()) {
                continue;
            }
            ConfigPlace place = endpoint.place();
            if (target.listener == ADMIN) {
                problems.warn(place.at("address"),
                        "this endpoint is the admin interface: every client of a listener that uses"
                                + " this cluster can reach it");
                continue;
            }
            List<Integer> way = name == null ? List.of() : dialLoops.way(endpoint.address(), name);
            if (!way.isEmpty()) {
                problems.add(place.at("address"), describe(written(place, "address", endpoint.address()), way),
                        "an endpoint that does not lead back", null);
            }
        }
    }

    private String describe(String endpoint, List<Integer> way) {
        List<String> titles = new ArrayList<>(way.stream().map(this::title).toList());
        String quoted = Printable.quote(endpoint);
        if (titles.size() == 1) {
            return "the endpoint " + quoted + " is " + titles.getFirst()
                    + " itself: each connection would open another";
        }
        titles.add(titles.getFirst());
        return "the endpoint " + quoted + " leads back to the proxy without end: " + String.join(" → ", titles);
    }
}
