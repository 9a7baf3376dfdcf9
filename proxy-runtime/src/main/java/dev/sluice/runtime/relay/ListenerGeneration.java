package dev.sluice.runtime.relay;

import java.util.List;

import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.observe.ListenerCounters;

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
    private volatile long generation;

    /**
     * Settings and filters that no connection has yet.
     *
     * @param state the running state, which outlives them
     * @param plan the filters, perhaps none
     * @param connections the count of connections that use them
     * @param generation the number of the generation that is built
     */
    public ListenerGeneration(ListenerState state, RelaySettings settings, ChainPlan plan,
            OpenConnections connections, long generation) {
        this.state = state;
        this.settings = settings;
        this.plan = plan;
        this.connections = connections;
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
