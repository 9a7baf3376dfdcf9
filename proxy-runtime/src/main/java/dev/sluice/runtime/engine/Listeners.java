package dev.sluice.runtime.engine;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.Transport;

/**
 * The listening sockets of a server, by the names of their listeners. Changed by the owner's thread; {@link #acceptors} is for any thread.
 */
final class Listeners {
    private final Transport transport;
    private final EventLoops loops;
    private final Acceptors acceptors;
    /** In the order of the configuration; replaced, never changed. */
    private volatile Map<String, Acceptor> running = Map.of();

    /** Makes the acceptor of a socket. */
    interface Acceptors {
        Acceptor of(int number, ServerSocket socket, ListenerGeneration generation);
    }

    Listeners(Transport transport, EventLoops loops, Acceptors acceptors) {
        this.transport = transport;
        this.loops = loops;
        this.acceptors = acceptors;
    }

    /**
     * Binds the sockets of all listeners; none accepts yet. What was bound before one fails is to be closed.
     *
     * @throws EngineException when the system refuses an address
     */
    void open(Collection<ListenerConfig> configs, Map<String, ListenerGeneration> generations) {
        Map<String, Acceptor> opened = new LinkedHashMap<>();
        for (ListenerConfig config : configs) {
            ListenerGeneration generation = generations.get(config.name());
            if (generation == null) {
                throw new IllegalArgumentException("listener " + config.name() + " was not built");
            }
            ServerSocket socket = bind(config, generation.settings().socket());
            opened.put(config.name(), acceptors.of(opened.size(), socket, generation));
            running = Collections.unmodifiableMap(new LinkedHashMap<>(opened));
        }
    }

    private ServerSocket bind(ListenerConfig config, SocketOptions accepted) {
        SocketAddress address = config.listen();
        try {
            return transport.listen(address, config.socket().backlog(), accepted);
        } catch (SocketFailure e) {
            throw new EngineException("listener " + config.name() + ": cannot listen on " + AddressText.of(address)
                    + ": " + e.getMessage() + ". " + advice(e), e);
        }
    }

    private static String advice(SocketFailure failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure.kind() == SocketFailure.Kind.DESCRIPTORS) {
            return "Raise the limit of file descriptors (ulimit -n).";
        }
        if (message.contains("in use")) {
            return "Something else listens there: stop it, or choose another address.";
        }
        return message.contains("ermission")
                ? "Ports below 1024 need root or CAP_NET_BIND_SERVICE; a Unix socket needs a directory that this user"
                        + " may write to."
                : "Choose an address that this machine has.";
    }

    /**
     * Starts to accept on all of them.
     *
     * @throws EngineException when the system refuses; some may be accepting then, and all are to be closed
     */
    void start(Duration patience) {
        loops.askAll(running.values(), Acceptor::loop, acceptor -> {
            try {
                acceptor.start();
                return true;
            } catch (SocketFailure e) {
                throw new EngineException("listener " + acceptor.generation().name() + ": " + e.getMessage(), e);
            }
        }, patience);
    }

    /** The running acceptors by the names of their listeners, in the order of the configuration. */
    Map<String, Acceptor> acceptors() {
        return running;
    }

    /** The addresses that they are bound to, by the names of their listeners. */
    Map<String, SocketAddress> addresses() {
        Map<String, SocketAddress> addresses = new LinkedHashMap<>();
        running.forEach((name, acceptor) -> addresses.put(name, acceptor.socket().address()));
        return addresses;
    }

    /** Stops to accept, after taking in what waits in the backlogs. On the loops, because they may be accepting at this moment. */
    void close(Duration patience) {
        loops.askAll(running.values(), Acceptor::loop, acceptor -> {
            acceptor.close();
            return true;
        }, patience);
    }

    /** Closes the sockets here. Only while no loop turns. */
    void closeSockets() {
        running.values().forEach(acceptor -> acceptor.socket().close());
    }
}
