package dev.sluice.runtime.relay;

import java.util.List;
import java.util.function.Consumer;

import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.ListenerCounters;
import org.jspecify.annotations.Nullable;

/**
 * The settings and filters of one listener's connections, unchanged over one or more configuration generations. A
 * connection keeps those it was accepted with, and of its generation nothing else: routes and clusters are let go once
 * it is connected. Immutable but for {@link #generation}; any thread.
 */
public final class ListenerGeneration {
    private final ListenerState state;
    private final RelaySettings settings;
    private final ChainPlan plan;
    private final OpenConnections connections;
    private final @Nullable Consumer<AccessEntry> accessLog;
    private volatile long generation;

    /**
     * Settings and filters that no connection has yet.
     *
     * @param state the running state, which outlives them
     * @param plan the filters, perhaps none
     * @param connections the count of connections that use them
     * @param accessLog receiver of each connection that has ended; must not block; null = no access log
     * @param generation the number of the generation that is built
     */
    public ListenerGeneration(ListenerState state, RelaySettings settings, ChainPlan plan,
            OpenConnections connections, @Nullable Consumer<AccessEntry> accessLog, long generation) {
        this.state = state;
        this.settings = settings;
        this.plan = plan;
        this.connections = connections;
        this.accessLog = accessLog;
        this.generation = generation;
    }

    /** The running state of the listener, which outlives these settings. */
    public ListenerState state() {
        return state;
    }

    public RelaySettings settings() {
        return settings;
    }

    /** The filters, perhaps none. */
    public ChainPlan plan() {
        return plan;
    }

    /** The count of connections that use these settings. */
    public OpenConnections connections() {
        return connections;
    }

    /** The receiver of each connection that has ended; must not block; null = no access log. */
    public @Nullable Consumer<AccessEntry> accessLog() {
        return accessLog;
    }

    /** The number of the newest configuration generation with these settings. */
    public long generation() {
        return generation;
    }

    /** Sets the number of the newest generation; called by the thread that publishes it. */
    public void keptBy(long newest) {
        generation = newest;
    }

    /** The name of the listener. */
    public String name() {
        return state.name();
    }

    /** The limit of the listener's connections, of all generations together. */
    public ConnectionLimit limit() {
        return state.limit();
    }

    /** The counters, one for each event loop. */
    public List<ListenerCounters> counters() {
        return state.counters();
    }
}
