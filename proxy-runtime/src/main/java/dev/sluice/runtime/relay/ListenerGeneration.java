package dev.sluice.runtime.relay;

import java.util.List;

import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.observe.ListenerCounters;

/**
 * The rules for the connections of one listener, in one configuration generation. Connections keep the one that they were accepted under.
 *
 * @param state the running state, which outlives the generation
 * @param plan its filters, perhaps none
 * @param generation the count of connections that keep the generation alive
 */
public record ListenerGeneration(ListenerState state, RelaySettings settings, ChainPlan plan, Routes routes,
        OpenConnections generation) {
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
