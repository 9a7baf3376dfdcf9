package dev.sluice.runtime.cluster;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.ConnectCounters;
import org.jspecify.annotations.Nullable;

/**
 * The running state of one cluster, by name: its limit, its counters, and the state of each of its addresses. Outlives configurations. Any
 * thread, except that {@link #endpoint}, {@link #serve} and {@link #prune} belong to one thread at a time.
 */
public final class ClusterState {
    private final String name;
    private final ConnectionLimit limit;
    private final List<ConnectCounters> counters;
    private final LogThrottle fullReports = new LogThrottle(Duration.ofMinutes(1));
    private final Map<SocketAddress, EndpointState> endpoints = new ConcurrentHashMap<>();
    private final ConnectQueue queue = new ConnectQueue();
    private final ReentrantLock ejections = new ReentrantLock();
    /** The number of changes of what decides about the mode of a tier. */
    private final AtomicInteger changes = new AtomicInteger();
    private volatile Consumer<SocketAddress> failures = address -> {};
    private volatile ClusterRules rules = ClusterRules.NONE;
    /** The states of the endpoints that new connections are sent to. */
    private volatile List<EndpointState> serving = List.of();
    /** The set that they were published in; null = none was. */
    private volatile @Nullable EndpointSet current;

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

    /** The clients that wait for a place. */
    public ConnectQueue queue() {
        return queue;
    }

    /**
     * Sets the receiver of reports that a connect has failed.
     *
     * @param receiver called on event loops; must not wait
     */
    public void onConnectFailure(Consumer<SocketAddress> receiver) {
        failures = receiver;
    }

    void connectFailed(SocketAddress address) {
        failures.accept(address);
    }

    /** The throttle of the report that it is full. */
    public LogThrottle fullReports() {
        return fullReports;
    }

    /** The state of an address; the same object as long as the address serves or has a connection. */
    public EndpointState endpoint(SocketAddress address) {
        return endpoints.computeIfAbsent(address, missing -> new EndpointState(this, missing));
    }

    /** The rules about its endpoints' states. */
    public ClusterRules rules() {
        return rules;
    }

    /**
     * Notes the rules and the endpoints that serve from now on. One thread at a time.
     *
     * @return the endpoints that served until now and are left out from now on
     */
    public List<EndpointState> serve(EndpointSet set, ClusterRules rulesNow, long nowNanos) {
        List<EndpointState> before = serving;
        List<EndpointState> now = set.list().stream().map(Endpoint::state).toList();
        Set<EndpointState> former = new HashSet<>(before);
        rules = rulesNow;
        for (Endpoint endpoint : set.list()) {
            endpoint.state().limit().max(endpoint.maxConnections());
            endpoint.state().header(endpoint.header());
        }
        now.stream().filter(state -> !former.contains(state)).forEach(EndpointState::arrived);
        now.forEach(state -> state.checks(rulesNow.checked()));
        serving = now;
        current = set;
        // If all are new there is no other to serve meanwhile.
        if (now.stream().anyMatch(former::contains)) {
            now.stream().filter(state -> !former.contains(state)).forEach(state -> state.added(nowNanos));
        }
        changed();
        now.forEach(former::remove);
        return before.stream().filter(former::contains).toList();
    }

    /** The endpoints that new connections are sent to; null = none were published. */
    @Nullable
    EndpointSet current() {
        return current;
    }

    /** The states of the endpoints that new connections are sent to. */
    public List<EndpointState> serving() {
        return serving;
    }

    /** The endpoints that have left and still have connections. */
    public List<EndpointState> removed() {
        Set<EndpointState> now = new HashSet<>(serving);
        return endpoints.values().stream().filter(state -> state.active() > 0 && !now.contains(state)).toList();
    }

    /** Notes that operators or checks say something else of an endpoint. */
    void changed() {
        changes.incrementAndGet();
        queue.wake();
    }

    int changes() {
        return changes.get();
    }

    /**
     * Ejects an endpoint, unless too many are ejected.
     *
     * @param further whether it is not ejected yet
     */
    boolean eject(EndpointState endpoint, boolean further, BooleanSupplier ejection) {
        ejections.lock();
        try {
            if (further) {
                List<EndpointState> all = serving;
                long failed = all.stream().filter(state -> state != endpoint && state.failed()).count();
                if (failed + 1 > rules.ejection().most(all.size())) {
                    return false;
                }
            }
            return ejection.getAsBoolean();
        } finally {
            ejections.unlock();
        }
    }

    /** Lets the share of an endpoint grow from now on, if there is another that serves fully. */
    void startSlowly(EndpointState endpoint, long nowNanos) {
        if (rules.slowStartNanos() > 0 && serving.stream().anyMatch(state -> state != endpoint
                && state.word(nowNanos) == EndpointWord.UP)) {
            endpoint.startSlowly(nowNanos);
        }
    }

    /** Whether any connection is counted on the cluster or on one of its endpoints. */
    public boolean inUse() {
        return limit.active() > 0 || endpoints.values().stream().anyMatch(endpoint -> endpoint.active() > 0);
    }

    /** Forgets the addresses that do not serve and have no connection. */
    public void prune() {
        Set<EndpointState> now = new HashSet<>(serving);
        endpoints.values().removeIf(state -> !now.contains(state) && state.active() == 0);
    }
}
