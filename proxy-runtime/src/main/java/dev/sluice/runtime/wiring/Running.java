package dev.sluice.runtime.wiring;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.runtime.chain.FilterState;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.ListenerCounters;
import dev.sluice.runtime.observe.ListenerTotals;
import dev.sluice.runtime.relay.ListenerState;
import dev.sluice.runtime.tls.boring.KeyLogFile;
import dev.sluice.runtime.tls.jdk.JdkTls;
import org.jspecify.annotations.Nullable;

/**
 * The running state of everything that configurations name: limits, counters, beliefs, quarantines, the ids of
 * connections, the last events. One for a server. The same name gives the same object in every generation, so that nothing is copied
 * from one generation to the next, and connections of older ones still count.
 *
 * <p>The states are for any thread. The getters and {@link #prune} belong to one thread at a time.
 */
public final class Running {
    private record FilterKey(String listener, String filter) {}

    private final int loops;
    private final Map<String, ListenerState> listeners = new ConcurrentHashMap<>();
    private final Map<String, ClusterState> clusters = new ConcurrentHashMap<>();
    private final Map<FilterKey, FilterState> filters = new ConcurrentHashMap<>();
    private final AtomicLong connectionIds = new AtomicLong();
    /** The counters of removed listeners. */
    private volatile ListenerTotals past = ListenerTotals.sum(List.of());
    private final Events events = new Events();
    private final JdkTls tls;
    private final TlsEngines engines;
    private final @Nullable KeyLogFile keyLog;

    /** A server that keeps the secrets of its sessions to itself. */
    public Running(int loops) {
        this(loops, null);
    }

    /**
     * A server without listeners.
     *
     * @param loops event loops of the server; each has counters of its own
     * @param keyLog for the secrets of TLS sessions; null = none is written
     */
    public Running(int loops, @Nullable KeyLogFile keyLog) {
        this.loops = loops;
        this.tls = new JdkTls(loops);
        this.engines = new TlsEngines(keyLog);
        this.keyLog = keyLog;
    }

    /** Closes the key log. */
    public void close() {
        if (keyLog != null) {
            keyLog.close();
        }
    }

    /** Event loops of the server. */
    public int loops() {
        return loops;
    }

    /** The last id that a connection was given; unique for the life of the server. */
    public AtomicLong connectionIds() {
        return connectionIds;
    }

    /** The TLS of the server. */
    public JdkTls tls() {
        return tls;
    }

    /** The engines of its TLS. */
    TlsEngines engines() {
        return engines;
    }

    /** The last events of the server. */
    public Events events() {
        return events;
    }

    /** The state of the listener of this name. */
    public ListenerState listener(String name) {
        return listeners.computeIfAbsent(name, missing -> new ListenerState(missing, loops));
    }

    /** The state of the cluster of this name, which has the states of its endpoints. */
    public ClusterState cluster(String name) {
        return clusters.computeIfAbsent(name, missing -> new ClusterState(missing, loops));
    }

    /** The state of a filter of a listener. */
    public FilterState filter(String listener, String name) {
        return filters.computeIfAbsent(new FilterKey(listener, name),
                missing -> new FilterState(missing.listener, missing.filter, loops, events));
    }

    /** The end of all listeners. */
    public void ended() {
        listeners.values().forEach(ListenerState::ended);
    }

    /** The counters of all listeners so far, those that were removed among them: no total ever falls. */
    public ListenerTotals totals() {
        // In this order, because a state is added to the past before it is removed.
        ListenerTotals before = past;
        List<ListenerCounters> all = listeners.values().stream().flatMap(state -> state.counters().stream()).toList();
        return before.plus(ListenerTotals.sum(all));
    }

    /** Removes the states of endpoints that do not serve and have no connection. */
    public void prune() {
        clusters.values().forEach(ClusterState::prune);
    }

    /**
     * Removes the states that are not in this configuration and have no connection.
     *
     * @param ending names of listeners that are in no configuration, but may still get connections
     */
    public void prune(Configuration configuration, Set<String> ending) {
        Map<String, Set<String>> configuredFilters = configuration.listeners().stream().collect(Collectors.toMap(
                ListenerConfig::name,
                listener -> listener.filters().stream().map(FilterConfig::name).collect(Collectors.toSet())));
        Set<String> configuredClusters = configuration.clusters().stream().map(ClusterConfig::name)
                .collect(Collectors.toSet());
        for (ListenerState state : List.copyOf(listeners.values())) {
            if (!configuredFilters.containsKey(state.name()) && !ending.contains(state.name())
                    && state.limit().active() == 0) {
                past = past.plus(ListenerTotals.sum(state.counters()));
                state.ended();
                listeners.remove(state.name());
            }
        }
        Set<String> names = Stream.concat(configuration.listeners().stream().map(ListenerConfig::name), ending.stream())
                .collect(Collectors.toSet());
        tls.retain(names);
        engines.boring().retain(names);
        tls.retainClients(configuration.clusters().stream().filter(cluster -> cluster.tls().isPresent())
                .map(ClusterConfig::name).collect(Collectors.toSet()));
        filters.values().removeIf(state -> !configuredFilters.getOrDefault(state.listener(), Set.of())
                .contains(state.name()) && !ending.contains(state.listener()) && state.connections() == 0);
        prune();
        clusters.values().removeIf(state -> !configuredClusters.contains(state.name()) && !state.inUse());
    }
}
