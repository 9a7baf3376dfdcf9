package dev.sluice.runtime;

import java.util.List;

import dev.sluice.api.fault.Fault;
import dev.sluice.runtime.engine.FaultOperations;
import dev.sluice.runtime.engine.FaultOperations.Injected;

/** A fault of a running server. Any thread. */
public final class InjectedFault implements AutoCloseable {
    private final FaultOperations operations;
    private final List<Injected> places;
    private final String by;

    /** @param places at least one */
    InjectedFault(FaultOperations operations, List<Injected> places, String by) {
        this.operations = operations;
        this.places = places;
        this.by = by;
    }

    /** {@return its name at the first of its listeners} */
    public String name() {
        return places.getFirst().name();
    }

    /** {@return the names of the listeners whose connections it acts on} */
    public List<String> listeners() {
        return places.stream().map(Injected::listener).toList();
    }

    /** {@return the fault} */
    public Fault fault() {
        return places.getFirst().fault();
    }

    /** Ends the fault: open connections go on with what it held back. Changes nothing if it has ended already. */
    @Override
    public void close() {
        for (Injected each : places) {
            try {
                operations.remove(each.listener(), each.name(), by);
            } catch (IllegalArgumentException gone) {
                // A reload has taken the listener or its filter away.
            }
        }
    }

    @Override
    public String toString() {
        return fault().kind().label() + " '" + name() + "' of " + listeners();
    }
}
