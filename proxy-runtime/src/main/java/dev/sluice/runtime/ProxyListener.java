package dev.sluice.runtime;

import java.net.SocketAddress;

import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.engine.ListenerOperations;

/** A listener of a running server, by its name, which can be kept over reloads. Any thread. */
public final class ProxyListener {
    private final ProxyServer server;
    private final ListenerOperations operations;
    private final String name;

    ProxyListener(ProxyServer server, ListenerOperations operations, String name) {
        this.server = server;
        this.operations = operations;
        this.name = name;
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return its address, also while it is down; port 0 has become the port that the system chose} */
    public SocketAddress address() {
        return server.address(name);
    }

    /** {@return whether {@link #down} was called, and {@link #up} was not} */
    public boolean isDown() {
        return operations.isDown(name);
    }

    /**
     * Stops listening, as if the process had died: the system refuses clients, and resets those that were not accepted
     * yet. Open connections go on. Lasts over reloads that leave the listener its address. Changes nothing if it is down.
     *
     * @throws StartException if the server does not serve, or an event loop does not answer
     */
    public void down() {
        change(() -> operations.down(name));
    }

    /**
     * Listens again on the same address and port. Changes nothing if it is not down.
     *
     * @throws StartException if the server does not serve, or the system refuses the address: meanwhile another process
     *     may have taken it
     */
    public void up() {
        change(() -> operations.up(name));
    }

    private static void change(Runnable change) {
        try {
            change.run();
        } catch (EngineException e) {
            throw new StartException(e);
        }
    }

    @Override
    public String toString() {
        return "listener " + name;
    }
}
