package dev.sluice.runtime.engine;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;

/**
 * The listening sockets of a server, by the names of their listeners. Changed by the owner's thread; {@link #acceptors} is for any thread.
 */
final class Listeners {
    private final Transport transport;
    private final EventLoops loops;
    private final Acceptors acceptors;
    /** The acceptors in the order of the configuration; replaced, never changed. */
    private volatile Map<String, Acceptor> running = Map.of();

    /** A factory of acceptors. */
    interface Acceptors {
        Acceptor of(int number, ServerSocket socket, ListenerGeneration generation);
    }

    Listeners(Transport transport, EventLoops loops, Acceptors acceptors) {
        this.transport = transport;
        this.loops = loops;
        this.acceptors = acceptors;
    }

    /**
     * Binds the sockets of all listeners; none accepts yet. If one fails, those bound before are to be closed.
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
            return transport.listen(address,
                    new ListenOptions(config.socket().backlog(), config.socket().ipv6Only(), accepted));
        } catch (TransportException e) {
            throw new EngineException("listener " + config.name() + ": cannot listen on " + AddressText.of(address)
                    + ": " + e.getMessage() + ". " + advice(e.kind(), config), e);
        }
    }

    /** The advice for a refused bind, which follows the system's message in whatever language. */
    private static String advice(TransportException.Kind kind, ListenerConfig config) {
        boolean unix = config.listen() instanceof UnixDomainSocketAddress;
        boolean both = config.listen() instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address ip
                && ip.isAnyLocalAddress() && !config.socket().ipv6Only();
        return switch (kind) {
            case ADDRESS_IN_USE -> both
                    ? "Stop the process that listens there (also over IPv4, unless socket.ipv6Only is true), or choose another address."
                    : "Stop the process that listens there, or choose another address.";
            case NOT_PERMITTED -> unix
                    ? "A Unix socket needs a directory that this user may write to."
                    : "Ports below 1024 need root or CAP_NET_BIND_SERVICE.";
            case NOT_A_SOCKET -> "The file was left alone: choose another path.";
            case NO_DIRECTORY -> "Create the directory, or choose another path.";
            case DESCRIPTORS -> "Raise the limit of open files (ulimit -n).";
            case UNREACHABLE -> "Choose an address of a family that this machine has.";
            case ADDRESS_NOT_AVAILABLE -> "Choose an address that this machine has.";
            case UNSUPPORTED -> "Set runtime.transport: epoll, or leave the option out.";
            case REFUSED, BUSY, LOCAL_PORTS, OTHER -> unix
                    ? "Choose a path where this user can create a Unix socket."
                    : "Choose an address that this machine has.";
        };
    }

    /**
     * Starts accepting on all of them.
     *
     * @throws EngineException when the system refuses; some may be accepting then, and all are to be closed
     */
    void start(Duration patience) {
        loops.queryAll(running.values(), Acceptor::loop, acceptor -> {
            try {
                acceptor.start();
                return true;
            } catch (TransportException e) {
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

    /**
     * Stops accepting, after taking the connections that wait in the backlogs. On the loops, because they may be
     * accepting at this moment.
     */
    void close(Duration patience) {
        loops.queryAll(running.values(), Acceptor::loop, acceptor -> {
            acceptor.close();
            return true;
        }, patience);
    }

    /** Closes the sockets on this thread. Only while no loop turns. */
    void closeSockets() {
        running.values().forEach(acceptor -> acceptor.socket().close());
    }
}
