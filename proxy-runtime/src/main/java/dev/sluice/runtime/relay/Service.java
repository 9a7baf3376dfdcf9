package dev.sluice.runtime.relay;

import java.util.List;
import java.util.function.Consumer;

import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.ListenerCounters;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one listener share, in one configuration generation.
 *
 * @param name of the listener
 * @param plan its filters, perhaps none
 * @param limit of the listener's connections
 * @param counters one for each event loop
 * @param accessLog told of each connection that has ended; must not block; null = nobody wants to know
 */
public record Service(String name, RelaySettings settings, ChainPlan plan, Routes routes, Limit limit,
        List<ListenerCounters> counters,
        @Nullable Consumer<AccessEntry> accessLog) {}
