package dev.sluice.junit;

import java.net.InetSocketAddress;

import dev.sluice.api.fault.Fault;
import dev.sluice.runtime.ProxyListener;

/** A listener of the proxy of a test. Any thread. */
public final class TestedListener {
    private final Scope scope;
    private final ProxyListener listener;

    TestedListener(Scope scope, ProxyListener listener) {
        this.scope = scope;
        this.listener = listener;
    }

    /** {@return its address, also while it is down} */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.address();
    }

    /**
     * Adds faults to its connections, open ones too.
     *
     * @param faults one or more, which act in this order
     * @return a handle that ends them; the test does so at the latest
     */
    public FaultHandle fault(Fault... faults) {
        return scope.inject(faults, (injection, fault) -> injection.onListener(listener.name(), fault));
    }

    /** Stops listening, so that clients are refused, until {@link #up} or the end of the test. Open connections go on. */
    public void down() {
        scope.down(listener, listener::down, listener::up);
    }

    /** Listens again, on the same port. */
    public void up() {
        scope.up(listener, listener::up);
    }
}
