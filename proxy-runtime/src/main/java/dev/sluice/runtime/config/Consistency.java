package dev.sluice.runtime.config;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** The questions that need the whole: distinct names and addresses, clusters that exist, routes that are never reached, and connections that come back. */
final class Consistency {
    /** Stands for the index of a listener. */
    private static final int ADMIN = -1;

    /** Someone who listens. */
    private record Holder(String title, Located<SocketAddress> at, int listener) {}

    private final Draft draft;
    private final Problems problems;
    private final Map<String, Draft.Cluster> clusters = new LinkedHashMap<>();
    private final ListenTable<Holder> table = new ListenTable<>(InetAddress::isLoopbackAddress);

    Consistency(Draft draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
    }

    /** @param complete false = leave out what only seems to be missing */
    void check(boolean complete) {
        names();
        addresses();
        endpoints();
        loops();
        RouteOrder order = new RouteOrder(problems);
        draft.listeners().forEach(order::check);
        if (complete) {
            references();
            if (draft.listeners().isEmpty()) {
                problems.add(draft.listenersAt(), ConfigPath.ROOT.key("listeners"), "there is no listener",
                        "at least one, as in - { name: edge, listen: \"0.0.0.0:443\", cluster: web }", null);
            }
        }
    }

    private void names() {
        Map<String, Located<String>> listeners = new HashMap<>();
        for (Draft.Listener listener : draft.listeners()) {
            distinct(listener.name(), "listener", listeners);
            Map<String, Located<String>> filters = new HashMap<>();
            listener.filters().forEach(filter -> distinct(filter.written(), "filter", filters));
        }
        Map<String, Located<String>> names = new HashMap<>();
        for (Draft.Cluster cluster : draft.clusters()) {
            distinct(cluster.name(), "cluster", names);
            if (cluster.name() != null) {
                clusters.putIfAbsent(cluster.name().value(), cluster);
            }
        }
    }

    private void distinct(@Nullable Located<String> name, String noun, Map<String, Located<String>> seen) {
        Located<String> first = name == null ? null : seen.putIfAbsent(name.value(), name);
        if (name != null && first != null) {
            problems.add(name.at(), name.path(),
                    "a second " + noun + " with the name " + Texts.quote(name.value()) + "; the first is "
                            + first.at().from(name.at()),
                    "a name that no other " + noun + " has", null);
        }
    }

    private void references() {
        Set<String> used = new HashSet<>();
        for (Draft.Listener listener : draft.listeners()) {
            used.addAll(listener.clusters());
            listener.routes().forEach(this::reference);
        }
        clusters.forEach((name, cluster) -> {
            Located<String> at = cluster.name();
            if (at != null && !used.contains(name)) {
                problems.warn(at.at(), at.path(), "no listener uses the cluster " + Texts.quote(name));
            }
        });
    }

    private void reference(Draft.Route route) {
        Located<String> cluster = route.cluster();
        if (cluster != null && !problems.full() && !clusters.containsKey(cluster.value())) {
            problems.add(cluster.at(), cluster.path(), "there is no cluster " + Texts.quote(cluster.value()),
                    clusters.isEmpty() ? "the name of a cluster; none is defined" : some(clusters.keySet()),
                    DidYouMean.among(clusters.keySet(), cluster.value()));
        }
    }

    private static String some(Set<String> names) {
        List<String> shown = names.stream().limit(20).toList();
        return String.join(", ", shown)
                + (names.size() > shown.size() ? ", and " + (names.size() - shown.size()) + " more" : "");
    }

    private void addresses() {
        Located<SocketAddress> admin = draft.adminListen();
        if (admin != null) {
            claim(new Holder("the admin interface", admin, ADMIN));
        }
        for (int i = 0; i < draft.listeners().size(); i++) {
            Draft.Listener listener = draft.listeners().get(i);
            if (listener.listen() != null) {
                claim(new Holder(listener.title(), listener.listen(), i));
            }
        }
    }

    private void claim(Holder holder) {
        Located<SocketAddress> at = holder.at;
        Holder other = table.claim(at.value(), holder);
        if (other != null) {
            boolean same = other.at.value().equals(at.value());
            problems.add(at.at(), at.path(),
                    (same
                            ? "the address " + Texts.quote(at.text()) + " is taken by "
                            : "the address " + Texts.quote(at.text()) + " overlaps with " + Texts.quote(other.at.text())
                                    + " of ")
                            + other.title + " " + other.at.at().from(at.at()),
                    "an address for each, or port 0", null);
        }
    }

    private void endpoints() {
        for (Draft.Cluster cluster : draft.clusters()) {
            Map<SocketAddress, Located<SocketAddress>> seen = new HashMap<>();
            for (Draft.Endpoint endpoint : cluster.endpoints()) {
                Located<SocketAddress> address = endpoint.address();
                Located<SocketAddress> first = address == null ? null : seen.putIfAbsent(address.value(), address);
                if (address != null && first != null) {
                    problems.add(address.at(), address.path(),
                            "a second endpoint " + Texts.quote(address.text()) + " in this cluster; the first is "
                                    + first.at().from(address.at()),
                            "each endpoint once, with a weight", null);
                }
            }
        }
    }

    /** An endpoint that is a listener is fine as long as no way leads back to it. */
    private void loops() {
        DialLoops dialLoops = new DialLoops(InetAddress::isLoopbackAddress);
        for (Draft.Listener listener : draft.listeners()) {
            dialLoops.listener(listener.listen() == null ? null : listener.listen().value(), listener.clusters());
        }
        clusters.forEach((name, cluster) -> dialLoops.cluster(name, cluster.endpoints().stream()
                .map(Draft.Endpoint::address).filter(Objects::nonNull).map(Located::value).toList()));
        for (Draft.Cluster cluster : draft.clusters()) {
            for (Draft.Endpoint endpoint : cluster.endpoints()) {
                Located<SocketAddress> address = endpoint.address();
                Holder target = address == null ? null : table.reachedBy(address.value());
                if (address == null || target == null || problems.full()) {
                    continue;
                }
                if (target.listener == ADMIN) {
                    problems.warn(address.at(), address.path(),
                            "this endpoint is the admin interface: whoever reaches a listener of this cluster reaches it");
                    continue;
                }
                List<Integer> way = cluster.name() == null
                        ? List.of()
                        : dialLoops.way(address.value(), cluster.name().value());
                if (!way.isEmpty()) {
                    problems.add(address.at(), address.path(), describe(address, way),
                            "an endpoint that does not lead back", null);
                }
            }
        }
    }

    private String describe(Located<SocketAddress> address, List<Integer> way) {
        List<String> titles = new ArrayList<>(way.stream().map(i -> draft.listeners().get(i).title()).toList());
        String quoted = Texts.quote(address.text());
        if (titles.size() == 1) {
            return "the endpoint " + quoted + " is " + titles.getFirst()
                    + " itself: each connection would open another";
        }
        titles.add(titles.getFirst());
        return "the endpoint " + quoted + " leads back to the proxy without end: " + String.join(" → ", titles);
    }
}
