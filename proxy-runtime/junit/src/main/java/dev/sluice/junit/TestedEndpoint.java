package dev.sluice.junit;

import dev.sluice.api.fault.Fault;
import dev.sluice.runtime.ProxyEndpoint;

/** An endpoint of the proxy of a test. Any thread. */
public final class TestedEndpoint {
    private final Scope scope;
    private final String cluster;
    private final String address;
    private final ProxyEndpoint endpoint;

    TestedEndpoint(Scope scope, String cluster, String address, ProxyEndpoint endpoint) {
        this.scope = scope;
        this.cluster = cluster;
        this.address = address;
        this.endpoint = endpoint;
    }

    /** {@return its address, as the proxy writes it} */
    public String address() {
        return address;
    }

    /** {@return its state in one word; see {@link ProxyEndpoint#state}} */
    public String state() {
        return endpoint.state();
    }

    /**
     * Adds faults to its connections, open ones too.
     *
     * @param faults one or more, which act in this order; not {@code refuse}, which acts before an endpoint is chosen
     * @return a handle that ends them; the test does so at the latest
     */
    public FaultHandle fault(Fault... faults) {
        return scope.inject(faults, (injection, fault) -> injection.onEndpoint(cluster, address, fault));
    }

    /** Refuses new connections, as a dead host does, until {@link #up} or the end of the test. Open ones go on. */
    public void down() {
        scope.down(cluster + " " + address, endpoint::down, endpoint::up);
    }

    /** Takes connections again. */
    public void up() {
        scope.up(cluster + " " + address, endpoint::up);
    }
}
