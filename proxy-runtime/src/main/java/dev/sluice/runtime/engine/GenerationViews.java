package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

import dev.sluice.runtime.observe.GenerationView;
import dev.sluice.runtime.observe.ListenerUse;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.Serving;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.wiring.Generation;

/** The views of the generations that are alive. */
final class GenerationViews {
    private GenerationViews() {}

    /**
     * The views, oldest first.
     *
     * @param patience for the answers of the loops about each
     */
    static List<GenerationView> of(Generations generations, EventLoops loops, Duration patience) {
        Generation serving = generations.serving();
        Map<Long, List<ListenerGeneration>> alive = new TreeMap<>();
        generations.retired().forEach(entry -> alive
                .computeIfAbsent(entry.listener().generation(), number -> new ArrayList<>()).add(entry.listener()));
        alive.put(serving.number(), serving.listeners().values().stream().map(Serving::listener).toList());
        List<GenerationView> views = new ArrayList<>();
        alive.forEach((number, listeners) -> views.add(view(number, number == serving.number(), listeners,
                generations.published(number), loops, patience)));
        return views;
    }

    private static GenerationView view(long number, boolean serving, List<ListenerGeneration> listeners,
            Generations.Published published, EventLoops loops, Duration patience) {
        List<EventLoops.Query<Worker.Census>> queries = loops.workers().stream()
                .map(worker -> new EventLoops.Query<>(worker.loop(), worker.count(number))).toList();
        long connections = 0;
        Worker.Census oldest = null;
        for (Worker.Census census : loops.collect(queries, patience)) {
            connections += census.connections();
            if (census.connections() > 0 && (oldest == null || census.oldestId() < oldest.oldestId())) {
                oldest = census;
            }
        }
        List<ListenerUse> uses = listeners.stream()
                .map(listener -> new ListenerUse(listener.name(), listener.connections().count())).toList();
        int filters = listeners.stream().mapToInt(listener -> listener.plan().slots().size()).sum();
        return new GenerationView(number, serving, published.since(), published.source().name(),
                published.source().sha256(), uses, connections,
                oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.oldestId()),
                oldest == null ? 0 : oldest.oldestAgeNanos(), filters);
    }
}
