package dev.sluice.runtime.engine;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ConnectionsEnd;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.engine.Change.Action;
import dev.sluice.runtime.engine.Change.Kind;
import dev.sluice.runtime.engine.Listeners.Open;
import dev.sluice.runtime.observe.ListenerTotals;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.UpstreamTls;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.wiring.Generation;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of a generation that was built with the one that serves: what a reload would keep, change, add and
 * remove. Whether a filter is kept is read from the built objects themselves. One thread.
 */
final class ConfigDiff {
    private final Generation before;
    private final Generation after;
    private final ListenerChange sockets;
    private final List<Change> changes = new ArrayList<>();

    private ConfigDiff(Generation before, Generation after, ListenerChange sockets) {
        this.before = before;
        this.after = after;
        this.sockets = sockets;
    }

    /** The parts of both, those of {@code after} in the order of its configuration, then those that are removed. */
    static List<Change> of(Generation before, Generation after, ListenerChange sockets) {
        ConfigDiff diff = new ConfigDiff(before, after, sockets);
        diff.sections();
        diff.listeners();
        diff.clusters();
        diff.plugins();
        return diff.changes;
    }

    private void sections() {
        section("runtime", before.configuration().runtime(), after.configuration().runtime());
        section("limits", before.configuration().limits(), after.configuration().limits());
        section("tls", before.configuration().tls(), after.configuration().tls());
        section("admin", before.configuration().admin().orElse(null), after.configuration().admin().orElse(null));
        section("accessLog", before.configuration().accessLog().orElse(null),
                after.configuration().accessLog().orElse(null));
        section("plugins", before.configuration().plugins(), after.configuration().plugins());
    }

    private void section(String name, @Nullable Record old, @Nullable Record now) {
        if (Objects.equals(old, now)) {
            return;
        }
        Action action = old == null ? Action.ADDED : now == null ? Action.REMOVED : Action.CHANGED;
        List<String> details = old == null || now == null
                ? List.of()
                : RecordDiff.of("", old, now).stream().map(text -> text.replace("watch 0s", "watch off")
                        .replaceFirst("^(watch .*→ )0s$", "$1off")).toList();
        changes.add(new Change(Kind.SECTION, name, action, details, 0));
    }

    private void listeners() {
        Map<String, ListenerConfig> old = byName(before.configuration().listeners(), ListenerConfig::name);
        for (ListenerConfig listener : after.configuration().listeners()) {
            ListenerConfig former = old.get(listener.name());
            if (former == null) {
                changes.add(new Change(Kind.LISTENER, listener.name(), Action.ADDED, List.of(socketOf(listener)),
                        connections(listener.name())));
            } else {
                List<String> details = listener(former, listener);
                changes.add(new Change(Kind.LISTENER, listener.name(),
                        details.isEmpty() ? Action.KEPT : Action.CHANGED, details, connections(listener.name())));
            }
        }
        Map<String, ListenerConfig> now = byName(after.configuration().listeners(), ListenerConfig::name);
        for (ListenerConfig listener : before.configuration().listeners()) {
            if (!now.containsKey(listener.name())) {
                boolean closes = sockets.removed().stream()
                        .anyMatch(open -> open.config().name().equals(listener.name()));
                changes.add(new Change(Kind.LISTENER, listener.name(), Action.REMOVED,
                        List.of(closes
                                ? "stops listening on " + AddressText.of(listener.listen())
                                : "its socket goes on under another name"),
                        connections(listener.name())));
            }
        }
    }

    private String socketOf(ListenerConfig listener) {
        Open kept = sockets.keptBy(listener.name());
        return kept == null
                ? "listens on " + AddressText.of(listener.listen())
                : "takes over the socket " + AddressText.of(kept.bound());
    }

    private List<String> listener(ListenerConfig old, ListenerConfig now) {
        List<String> details = new ArrayList<>();
        if (sockets.moves(now.name())) {
            details.add("listen " + AddressText.of(old.listen()) + " → " + AddressText.of(now.listen()));
        }
        details.addAll(RecordDiff.of("", old.alone(), now.alone()));
        if (old.tls().equals(now.tls()) && !certificates(before, now).equals(certificates(after, now))) {
            details.add("the certificates of tls have changed");
        }
        if (old.tls().equals(now.tls())
                && !Objects.equals(before.trusts().get(now.name()), after.trusts().get(now.name()))) {
            details.add("the files of tls.clientAuth have changed; clients make full handshakes again");
        }
        if (old.tls().equals(now.tls())
                && !Objects.equals(before.tickets().get(now.name()), after.tickets().get(now.name()))) {
            details.add("the keys of tls.tickets have changed");
        }
        filters(details, old, now);
        if (!old.routes().equals(now.routes())) {
            details.add("routes changed; open connections keep their endpoints");
        }
        return details;
    }

    private void filters(List<String> details, ListenerConfig old, ListenerConfig now) {
        Map<String, FilterConfig> former = byName(old.filters(), FilterConfig::name);
        for (FilterConfig filter : now.filters()) {
            FilterConfig one = former.get(filter.name());
            if (one == null) {
                details.add("filter " + filter.name() + " added");
            } else if (!after.sharesFilter(before, now.name(), filter.name())) {
                details.add("filter " + filter.name() + ": " + filter(now.name(), one, filter));
            }
        }
        Map<String, FilterConfig> names = byName(now.filters(), FilterConfig::name);
        old.filters().stream().filter(filter -> !names.containsKey(filter.name()))
                .forEach(filter -> details.add("filter " + filter.name() + " removed"));
        if (details.isEmpty() && !List.copyOf(former.keySet()).equals(List.copyOf(names.keySet()))) {
            details.add("filters in another order");
        }
    }

    private String filter(String listener, FilterConfig old, FilterConfig now) {
        if (!old.type().equals(now.type())) {
            return "type " + old.type() + " → " + now.type() + " (starts anew)";
        }
        if (!after.canInherit(before, listener, now)) {
            return "its plugin was replaced (starts anew)";
        }
        List<String> differences = new ArrayList<>(
                old.config().getClass() == now.config().getClass()
                        ? RecordDiff.of("", old.config(), now.config())
                        : List.of());
        if (!old.quarantine().equals(now.quarantine())) {
            differences.add("quarantine changed");
        }
        return (differences.isEmpty() ? "a file that it reads has changed" : String.join(", ", differences))
                + " (may take over its counts)";
    }

    private static List<String> certificates(Generation of, ListenerConfig listener) {
        Identities served = of.certificates().get(listener.name());
        return served == null ? List.of() : served.fingerprints();
    }

    private static @Nullable UpstreamTls tls(Generation of, ClusterConfig cluster) {
        Cluster built = of.clusters().get(cluster.name());
        return built == null ? null : built.tls();
    }

    private void clusters() {
        Map<String, ClusterConfig> old = byName(before.configuration().clusters(), ClusterConfig::name);
        for (ClusterConfig cluster : after.configuration().clusters()) {
            ClusterConfig former = old.get(cluster.name());
            if (former == null) {
                changes.add(new Change(Kind.CLUSTER, cluster.name(), Action.ADDED,
                        List.of(count(cluster.endpoints().size(), "endpoint")), 0));
            } else {
                List<String> details = cluster(former, cluster);
                Action action = details.isEmpty() ? Action.KEPT : Action.CHANGED;
                drained(details, cluster.name());
                changes.add(new Change(Kind.CLUSTER, cluster.name(), action, details,
                        before.running().cluster(cluster.name()).limit().active()));
            }
        }
        Map<String, ClusterConfig> now = byName(after.configuration().clusters(), ClusterConfig::name);
        before.configuration().clusters().stream().filter(cluster -> !now.containsKey(cluster.name()))
                .forEach(cluster -> changes.add(new Change(Kind.CLUSTER, cluster.name(), Action.REMOVED, List.of(),
                        before.running().cluster(cluster.name()).limit().active())));
    }

    private List<String> cluster(ClusterConfig old, ClusterConfig now) {
        List<String> details = new ArrayList<>(RecordDiff.of("", old.withoutEndpoints(), now.withoutEndpoints()));
        if (old.tls().equals(now.tls()) && !Objects.equals(tls(before, now), tls(after, now))) {
            details.add("the certificates of tls have changed");
        }
        Map<SocketAddress, ClusterConfig.Endpoint> former = byName(old.endpoints(), ClusterConfig.Endpoint::address);
        Map<SocketAddress, ClusterConfig.Endpoint> current = byName(now.endpoints(), ClusterConfig.Endpoint::address);
        current.forEach((address, endpoint) -> {
            ClusterConfig.Endpoint one = former.get(address);
            if (one == null) {
                details.add("+ " + AddressText.of(address));
            } else if (!one.equals(endpoint)) {
                details.add(AddressText.of(address) + ": " + String.join(", ", RecordDiff.of("", one, endpoint)));
            }
        });
        former.keySet().stream().filter(address -> !current.containsKey(address)).forEach(address -> details.add(
                "− " + AddressText.of(address) + " ("
                        + fate(connections(old.name(), address), now.onRemoved()) + ")"));
        if (old.healthCheck().equals(now.healthCheck())
                && !Objects.equals(before.checks().get(now.name()), after.checks().get(now.name()))) {
            details.add("the certificates of healthCheck.tls.ca have changed");
        }
        if (details.isEmpty() && !List.copyOf(former.keySet()).equals(List.copyOf(current.keySet()))) {
            details.add("endpoints in another order");
        }
        return details;
    }

    private static String fate(long connections, ConnectionsEnd then) {
        String end = connections == 1 ? "s" : "";
        return count(connections, "connection")
                + (then.period() == null ? " stay" + end : " end" + end + ": onRemoved is " + then);
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** Endpoints that stay, and to which operators let no new connection. */
    private void drained(List<String> details, String cluster) {
        Cluster now = after.clusters().get(cluster);
        List<EndpointState> former = before.running().cluster(cluster).serving();
        if (now != null) {
            now.endpoints().list().stream().map(Endpoint::state).distinct()
                    .filter(state -> state.drain() != null && former.contains(state))
                    .forEach(state -> details.add(state.label() + " stays drained by an operator"));
        }
    }

    private long connections(String cluster, SocketAddress address) {
        return before.running().cluster(cluster).endpoint(address).active();
    }

    private long connections(String listener) {
        // Not the limit's: an acceptor takes a place before it knows whether a client waits.
        return ListenerTotals.sum(before.running().listener(listener).counters()).active();
    }

    private void plugins() {
        Map<String, String> old = versions(before);
        Map<String, String> now = versions(after);
        now.forEach((name, version) -> {
            String former = old.get(name);
            if (former == null) {
                changes.add(new Change(Kind.PLUGIN, name, Action.ADDED, List.of(version), 0));
            } else if (isReplaced(name)) {
                changes.add(new Change(Kind.PLUGIN, name, Action.CHANGED, List.of(former + " → " + version), 0));
            }
        });
        old.keySet().stream().filter(name -> !now.containsKey(name))
                .forEach(name -> changes.add(new Change(Kind.PLUGIN, name, Action.REMOVED, List.of(), 0)));
    }

    private static Map<String, String> versions(Generation generation) {
        Map<String, String> versions = new LinkedHashMap<>();
        generation.plugins().plugins().forEach(plugin -> versions.put(plugin.name(),
                plugin.version() == null ? "without a version" : plugin.version()));
        return versions;
    }

    /** Whether a plugin's classes are others than before. */
    private boolean isReplaced(String plugin) {
        return after.plugins().plugins().stream().filter(info -> info.name().equals(plugin))
                .flatMap(info -> info.types().stream()).anyMatch(type -> {
                    Object one = before.plugins().providers().get(type);
                    Object other = after.plugins().providers().get(type);
                    return one != null && other != null && one.getClass() != other.getClass();
                });
    }

    private static <K, T> Map<K, T> byName(List<T> things, Function<T, K> name) {
        return things.stream().collect(Collectors.toMap(name, Function.identity(), (one, other) -> one,
                LinkedHashMap::new));
    }
}
