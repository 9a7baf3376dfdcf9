package dev.sluice.runtime.engine;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.selfdial.DialLoops;
import dev.sluice.runtime.selfdial.ListenTable;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.UnixPaths;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of endpoints with the listeners of this proxy on this machine. The configuration's own check has the
 * written addresses; here are the bound ones, and those of the machine.
 */
final class SelfDialCheck {
    private SelfDialCheck() {}

    /**
     * Refuses endpoints that lead back to a listener that leads to them.
     *
     * @param bound the addresses that the listeners are bound to, by their names
     * @throws EngineException that names listeners, cluster and endpoint
     */
    static void check(Configuration configuration, Map<String, SocketAddress> bound, MachineAddresses machine) {
        DialLoops loops = new DialLoops(new OwnAddresses(machine));
        List<ListenerConfig> listeners = configuration.listeners();
        for (ListenerConfig listener : listeners) {
            SocketAddress address = bound.get(listener.name());
            loops.listener(address == null ? null : UnixPaths.real(address), listener.socket().ipv6Only(),
                    listener.routes().stream().map(RouteConfig::cluster).collect(Collectors.toSet()));
        }
        for (ClusterConfig cluster : configuration.clusters()) {
            loops.cluster(cluster.name(),
                    cluster.endpoints().stream().map(endpoint -> UnixPaths.real(endpoint.address())).toList());
        }
        for (ClusterConfig cluster : configuration.clusters()) {
            for (ClusterConfig.Endpoint endpoint : cluster.endpoints()) {
                List<Integer> way = loops.way(UnixPaths.real(endpoint.address()), cluster.name());
                if (!way.isEmpty()) {
                    List<String> names = new ArrayList<>(way.stream().map(i -> listeners.get(i).name()).toList());
                    throw new EngineException(
                            List.of(Problem.refusal(endpoint.place(), "address",
                                    refusal(cluster, endpoint, names, bound))));
                }
            }
        }
    }

    /**
     * Whether an address leads to a listener of this proxy, or to its admin interface.
     *
     * @param bound the addresses that the listeners are bound to, by their names
     */
    static Predicate<SocketAddress> own(Configuration configuration, Map<String, SocketAddress> bound,
            MachineAddresses machine) {
        ListenTable<String> table = new ListenTable<>(new OwnAddresses(machine));
        for (ListenerConfig listener : configuration.listeners()) {
            SocketAddress address = bound.get(listener.name());
            if (address != null) {
                table.claim(UnixPaths.real(address), listener.socket().ipv6Only(), listener.name());
            }
        }
        configuration.admin().ifPresent(admin -> table.claim(UnixPaths.real(admin.listen()), false, "admin"));
        return address -> table.reachedBy(UnixPaths.real(address)) != null;
    }

    private static String refusal(ClusterConfig cluster, ClusterConfig.Endpoint endpoint, List<String> names,
            Map<String, SocketAddress> bound) {
        String first = names.getFirst();
        SocketAddress listen = bound.get(first);
        String way = names.size() == 1
                ? "each connection would open another"
                : "connections would loop without end: " + String.join(" → ", names) + " → " + first;
        return "cluster " + cluster.name() + ": the endpoint " + AddressText.of(endpoint.address())
                + " is this proxy's own listener " + first
                + (listen == null ? "" : " (" + AddressText.of(listen) + ")")
                + (endpoint.address() instanceof UnixDomainSocketAddress
                        ? ", by another path: "
                        : ", because this machine has that address: ")
                + way + ". Choose an endpoint that does not lead back, or let the listener listen on another address.";
    }

    /** The machine's own addresses, read once, and only if an endpoint has the port of a wildcard listener. */
    private static final class OwnAddresses implements Predicate<InetAddress> {
        private final MachineAddresses machine;
        private @Nullable Set<InetAddress> addresses;

        OwnAddresses(MachineAddresses machine) {
            this.machine = machine;
        }

        @Override
        public boolean test(InetAddress address) {
            if (address.isLoopbackAddress()) {
                return true;
            }
            Set<InetAddress> own = addresses;
            if (own == null) {
                own = machine.now();
                addresses = own;
            }
            return own.contains(address);
        }
    }

    /** The ports that the listeners are bound to; 0 for one without a port. */
    static int[] ports(Map<String, SocketAddress> bound) {
        return bound.values().stream()
                .mapToInt(address -> address instanceof InetSocketAddress inet ? inet.getPort() : 0).toArray();
    }
}
