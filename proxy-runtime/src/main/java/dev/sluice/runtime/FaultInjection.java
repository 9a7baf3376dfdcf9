package dev.sluice.runtime;

import java.util.List;

import dev.sluice.api.fault.Fault;
import dev.sluice.runtime.engine.FaultOperations;
import dev.sluice.runtime.engine.FaultOperations.Injected;

/**
 * The faults of a running server, which are injected by filters of type {@code fault}: a listener needs one, with or
 * without faults of its own. A change acts on new and on open connections, at once. What was added outlives reloads as
 * long as the filter keeps its name. Any thread.
 */
public final class FaultInjection {
    private static final String BY = "the program";

    private final FaultOperations operations;

    FaultInjection(FaultOperations operations) {
        this.operations = operations;
    }

    /**
     * Adds a fault to the connections of a listener.
     *
     * @param listener its name
     * @param fault such as {@code Faults.latency(Duration.ofMillis(80))}
     * @return the fault, which ends when it is closed
     * @throws IllegalArgumentException if there is no such listener, or it has no filter of type {@code fault}
     * @throws IllegalStateException if that has a fault of this name
     */
    public InjectedFault onListener(String listener, Fault fault) {
        return new InjectedFault(operations, List.of(operations.add(listener, fault, BY)), BY);
    }

    /**
     * Adds a fault to the connections of a cluster, at each listener that has a filter of type {@code fault}.
     *
     * @param cluster its name
     * @param fault not {@code refuse}, since that acts before a cluster is chosen
     * @return the fault, which ends when it is closed
     * @throws IllegalArgumentException if there is no such cluster, or no listener has such a filter
     * @throws IllegalStateException if one of them has a fault of this name
     */
    public InjectedFault onCluster(String cluster, Fault fault) {
        return new InjectedFault(operations, operations.addToCluster(cluster, fault, BY), BY);
    }

    /**
     * Adds a fault to the connections of an endpoint, at each listener that has a filter of type {@code fault}.
     *
     * @param cluster the name of its cluster
     * @param address as configuration writes it
     * @param fault as for {@link #onCluster}
     * @return the fault, which ends when it is closed
     * @throws IllegalArgumentException as for {@link #onCluster}
     */
    public InjectedFault onEndpoint(String cluster, String address, Fault fault) {
        return onCluster(cluster, fault.endpoint(address));
    }

    /** {@return the faults that are at work, those of the configuration too, in the order in which they act} */
    public List<InjectedFault> all() {
        return operations.all().stream().map(each -> new InjectedFault(operations, List.of(each), BY)).toList();
    }

    /** Removes all faults, those of the configuration too. */
    public void clear() {
        for (Injected each : operations.all()) {
            operations.remove(each.listener(), each.name(), BY);
        }
    }
}
