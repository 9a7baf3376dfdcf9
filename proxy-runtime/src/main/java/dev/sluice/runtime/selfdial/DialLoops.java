package dev.sluice.runtime.selfdial;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The ways by which a connection comes back to the listener that accepted it: over an endpoint that is that listener,
 * or over other listeners of the same proxy. Pure; asks neither the machine nor a resolver.
 */
public final class DialLoops {
    private final List<Set<String>> clustersOf = new ArrayList<>();
    private final Map<String, List<SocketAddress>> endpointsOf = new HashMap<>();
    private final ListenTable<Integer> table;

    /** @param ownAddress whether an address is one of this machine's, as far as is known */
    public DialLoops(Predicate<InetAddress> ownAddress) {
        this.table = new ListenTable<>(ownAddress);
    }

    /**
     * Adds a listener. They are numbered from 0.
     *
     * @param address {@code null} = unknown
     * @param ipv6Only whether a wildcard of IPv6 leaves IPv4 alone
     * @param clusters that its routes lead to
     */
    public void listener(@Nullable SocketAddress address, boolean ipv6Only, Set<String> clusters) {
        if (address != null) {
            table.claim(address, ipv6Only, clustersOf.size());
        }
        clustersOf.add(Set.copyOf(clusters));
    }

    /** Adds a cluster; of several with one name, the first one counts. */
    public void cluster(String name, List<SocketAddress> endpoints) {
        endpointsOf.putIfAbsent(name, List.copyOf(endpoints));
    }

    /**
     * The shortest way from the listener that has the address {@code endpoint} to a listener that uses the cluster: the
     * numbers of the listeners, both ends included. Empty if no listener has that address, or if none of them leads
     * back.
     */
    public List<Integer> way(SocketAddress endpoint, String cluster) {
        Integer from = table.reachedBy(endpoint);
        return from == null ? List.of() : way(from, cluster);
    }

    private List<Integer> way(int from, String toCluster) {
        Map<Integer, Integer> cameFrom = new HashMap<>();
        Deque<Integer> queue = new ArrayDeque<>(List.of(from));
        cameFrom.put(from, from);
        for (Integer listener = queue.poll(); listener != null; listener = queue.poll()) {
            Set<String> names = clustersOf.get(listener);
            if (names.contains(toCluster)) {
                List<Integer> way = new ArrayList<>();
                for (int step = listener; step != from; step = cameFrom.getOrDefault(step, from)) {
                    way.add(step);
                }
                way.add(from);
                return way.reversed();
            }
            for (String name : names) {
                for (SocketAddress endpoint : endpointsOf.getOrDefault(name, List.of())) {
                    Integer next = table.reachedBy(endpoint);
                    if (next != null && cameFrom.putIfAbsent(next, listener) == null) {
                        queue.add(next);
                    }
                }
            }
        }
        return List.of();
    }
}
