package dev.sluice.runtime.cluster;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.ConnectCounters;

/**
 * The running state of one cluster, by name: its limit, its counters, and the state of each of its addresses. Outlives configurations. Any
 * thread, except that {@link #endpoint} and {@link #prune} belong to one thread at a time.
 */
public final class ClusterState {
    private final String name;
    private final ConnectionLimit limit;
    private final List<ConnectCounters> counters;
    private final LogThrottle fullReports = new LogThrottle(Duration.ofMinutes(1));
    private final Map<SocketAddress, EndpointState> endpoints = new ConcurrentHashMap<>();

    /**
     * A cluster without addresses and without a limit.
     *
     * @param loops event loops of the server; each has counters of its own
     */
    public ClusterState(String name, int loops) {
        this.name = name;
        this.limit = new ConnectionLimit("cluster " + name);
        List<ConnectCounters> each = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            each.add(new ConnectCounters(name));
        }
        this.counters = List.copyOf(each);
    }

    /** The name that configuration, logs and metrics use. */
    public String name() {
        return name;
    }

    /** The limit of the connections to all its endpoints together. */
    public ConnectionLimit limit() {
        return limit;
    }

    /** The counters of connect attempts, one for each event loop. */
    public List<ConnectCounters> counters() {
        return counters;
    }

    /** The throttle of the report that it is full. */
    public LogThrottle fullReports() {
        return fullReports;
    }

    /** The state of an address; the same object as long as the address is configured or has a connection. */
    public EndpointState endpoint(SocketAddress address) {
        return endpoints.computeIfAbsent(address, missing -> new EndpointState(this, missing));
    }

    /** Whether any connection is counted on the cluster or on one of its endpoints. */
    public boolean inUse() {
        return limit.active() > 0 || endpoints.values().stream().anyMatch(endpoint -> endpoint.active() > 0);
    }

    /** Forgets the addresses that are not configured and have no connection. */
    public void prune(Set<SocketAddress> configured) {
        endpoints.values().removeIf(state -> !configured.contains(state.address()) && state.active() == 0);
    }
}
