package dev.sluice.junit;

import dev.sluice.api.fault.Fault;

/** A cluster of the proxy of a test. Any thread. */
public final class TestedCluster {
    private final Scope scope;
    private final String name;

    TestedCluster(Scope scope, String name) {
        this.scope = scope;
        this.name = name;
    }

    /**
     * Adds faults to its connections, open ones too, at each listener.
     *
     * @param faults one or more, which act in this order; not {@code refuse}, which acts before a cluster is chosen
     * @return a handle that ends them; the test does so at the latest
     */
    public FaultHandle fault(Fault... faults) {
        return scope.inject(faults, (injection, fault) -> injection.onCluster(name, fault));
    }
}
