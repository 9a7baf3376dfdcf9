package dev.sluice.runtime;

import java.util.List;
import java.util.Map;

import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.service.PassedSockets;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.epoll.ActivatedTransport;
import dev.sluice.runtime.transport.epoll.PassedSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listening sockets that a service manager has passed to the process, for the listeners with their addresses. */
final class SocketActivation {
    private static final Logger LOG = LoggerFactory.getLogger(SocketActivation.class);

    private final List<PassedSocket> sockets;

    private SocketActivation(List<PassedSocket> sockets) {
        this.sockets = sockets;
    }

    /**
     * The sockets that were passed to this process.
     *
     * @param environment of the process
     * @throws StartException if they cannot be used
     */
    static SocketActivation of(Map<String, String> environment) {
        try {
            return new SocketActivation(PassedSockets.of(environment, ProcessHandle.current().pid()));
        } catch (IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * A transport that uses them.
     *
     * @param chosen the transport without them
     * @throws StartException if that cannot take them, or if the configuration contradicts them
     */
    Transport over(Transport chosen, Configuration configuration) {
        if (sockets.isEmpty()) {
            return chosen;
        }
        if (!chosen.name().equals("epoll")) {
            throw new StartException("the service manager passes listening sockets (LISTEN_FDS), which transport "
                    + chosen.name() + " cannot take over: set runtime.transport to epoll, or start without them");
        }
        for (PassedSocket socket : sockets) {
            for (ListenerConfig listener : configuration.listeners()) {
                check(socket, listener);
            }
        }
        return new ActivatedTransport(sockets);
    }

    /** The configuration says where a listener listens; a socket of its name that is elsewhere would be taken for it. */
    private static void check(PassedSocket socket, ListenerConfig listener) {
        if (socket.name().equals(listener.name()) && !socket.address().equals(listener.listen())) {
            throw new StartException(
                    "listener " + listener.name() + ": the service manager passes a socket of this name"
                            + " that listens on " + AddressText.of(socket.address()) + ", but listen is "
                            + AddressText.of(listener.listen()) + ": write the same address in both, or give the socket"
                            + " another name (FileDescriptorName=)");
        }
    }

    /** Warns of those that no listener has taken. */
    void reportUnused() {
        for (PassedSocket socket : sockets) {
            if (!socket.used()) {
                LOG.warn("The service manager has passed a socket ({}) that listens on {}, and no listener has this"
                        + " address: its clients wait in vain.", socket.name(), AddressText.of(socket.address()));
            }
        }
    }
}
