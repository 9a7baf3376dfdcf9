package dev.sluice.runtime.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.api.fault.Fault;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.wiring.Generation;

/**
 * The operations on faults that filters inject. They outlive reloads as long as the filter keeps its name. Any thread but
 * an event loop's.
 */
public final class FaultOperations {
    /**
     * A fault of a filter.
     *
     * @param name distinct within the filter
     */
    public record Injected(String listener, String filter, String name, Fault fault) {}

    private final Generations generations;
    private final Events events;

    FaultOperations(Generations generations, Events events) {
        this.generations = generations;
        this.events = events;
    }

    /** The faults of all filters, in the order of the configuration and then in that in which they act. */
    public List<Injected> all() {
        List<Injected> all = new ArrayList<>();
        for (Generation.Controlled each : generations.serving().faultFilters()) {
            each.control().faults()
                    .forEach((name, fault) -> all.add(new Injected(each.listener(), each.filter(), name, fault)));
        }
        return List.copyOf(all);
    }

    /**
     * Adds a fault to the first filter of a listener that injects faults.
     *
     * @param by the source of the command
     * @return the fault, with its name
     * @throws IllegalArgumentException if there is no such listener, or it has no such filter, or the name is taken
     */
    public Injected add(String listener, Fault fault, String by) {
        Generation.Controlled filter = filters(listener).getFirst();
        String name = filter.control().add(fault);
        note(listener, filter.filter(), "fault '" + name + "' (" + fault.kind().label() + ") was added by " + by);
        return new Injected(listener, filter.filter(), name, fault);
    }

    /**
     * Adds a fault to each listener that injects faults, for the connections of one cluster.
     *
     * @param by the source of the command
     * @return the faults, with their names
     * @throws IllegalArgumentException if there is no such cluster, or no listener injects faults, or a name is taken
     */
    public List<Injected> addToCluster(String cluster, Fault fault, String by) {
        Generation serving = generations.serving();
        if (!serving.clusters().containsKey(cluster)) {
            throw new IllegalArgumentException("there is no cluster " + Printable.quote(cluster) + "; there are: "
                    + String.join(", ", serving.clusters().keySet()));
        }
        Set<String> listeners = new LinkedHashSet<>();
        serving.faultFilters().forEach(each -> listeners.add(each.listener()));
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("no listener has a filter that injects faults: add one of type fault");
        }
        List<Injected> added = new ArrayList<>();
        try {
            listeners.forEach(listener -> added.add(add(listener, fault.cluster(cluster), by)));
        } catch (RuntimeException e) {
            added.forEach(each -> remove(each.listener(), each.name(), by));
            throw e;
        }
        return List.copyOf(added);
    }

    /**
     * Removes a fault from all filters of a listener. What it held back goes on.
     *
     * @param by the source of the command
     * @return false if none has it
     * @throws IllegalArgumentException if there is no such listener, or it has no filter that injects faults
     */
    public boolean remove(String listener, String name, String by) {
        boolean any = false;
        for (Generation.Controlled each : filters(listener)) {
            if (each.control().remove(name)) {
                any = true;
                note(listener, each.filter(), "fault '" + name + "' was removed by " + by);
            }
        }
        return any;
    }

    private void note(String listener, String filter, String text) {
        events.add(Event.Kind.OPERATOR, "listener " + listener + ", filter " + filter, text);
    }

    private List<Generation.Controlled> filters(String listener) {
        Generation serving = generations.serving();
        if (!serving.listeners().containsKey(listener)) {
            throw new IllegalArgumentException("there is no listener " + Printable.quote(listener) + "; there are: "
                    + String.join(", ", serving.listeners().keySet()));
        }
        List<Generation.Controlled> filters = serving.faultFilters().stream()
                .filter(each -> each.listener().equals(listener)).toList();
        if (filters.isEmpty()) {
            throw new IllegalArgumentException("listener " + listener
                    + " has no filter that injects faults: add 'type: fault' to its filters");
        }
        return filters;
    }
}
