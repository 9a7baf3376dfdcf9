package dev.sluice.runtime.engine;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.engine.Listeners.Open;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.Serving;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.wiring.ListenerSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change of the listening sockets from one configuration to another: which are kept, opened and closed. A socket
 * stays if its address does, whatever the name of its listener; one with port 0 keeps its port. One thread.
 *
 * <pre>
 *   new ──▶ open() ──▶ commit()
 *              └─────▶ undo()      closes what was opened; those in use were not touched
 * </pre>
 */
final class ListenerChange {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerChange.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Listeners listeners;
    private final Transport transport;
    private final List<ListenerConfig> configs;
    /** The sockets that stay, by the new names of their listeners. */
    private final Map<String, Open> kept = new LinkedHashMap<>();
    private final List<Acceptor> opened = new ArrayList<>();
    private final Map<String, Open> next = new LinkedHashMap<>();

    ListenerChange(Listeners listeners, Transport transport, Configuration configuration) {
        this.listeners = listeners;
        this.transport = transport;
        this.configs = configuration.listeners();
        match();
    }

    private void match() {
        Set<Acceptor> free = new HashSet<>();
        listeners.running().values().forEach(open -> free.add(open.acceptor()));
        for (ListenerConfig config : configs) {
            if (isAnyPort(config.listen())) {
                keep(config, free, open -> open.config().name().equals(config.name()) && wroteTheSame(open, config));
            }
        }
        for (ListenerConfig config : configs) {
            keep(config, free, open -> open.bound().equals(config.listen()) && open.acceptor().socket().isInPlace()
                    && open.config().socket().ipv6Only() == config.socket().ipv6Only());
        }
        Set<String> names = new HashSet<>();
        configs.forEach(config -> names.add(config.name()));
        for (ListenerConfig config : configs) {
            // One that was only renamed.
            keep(config, free, open -> isAnyPort(config.listen()) && !names.contains(open.config().name())
                    && wroteTheSame(open, config));
        }
    }

    private void keep(ListenerConfig config, Set<Acceptor> free, Predicate<Open> same) {
        if (kept.containsKey(config.name())) {
            return;
        }
        for (Open open : listeners.running().values()) {
            if (free.contains(open.acceptor()) && same.test(open)) {
                free.remove(open.acceptor());
                kept.put(config.name(), new Open(open.acceptor(), config));
                return;
            }
        }
    }

    private static boolean wroteTheSame(Open open, ListenerConfig config) {
        return open.config().listen().equals(config.listen())
                && open.config().socket().ipv6Only() == config.socket().ipv6Only();
    }

    private static boolean isAnyPort(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getPort() == 0;
    }

    /**
     * Opens the listeners of the first generation.
     *
     * @throws EngineException when the machine refuses, or an endpoint leads back; nothing is left open
     */
    static void openFirst(Listeners listeners, Map<String, Serving> serving, Transport transport,
            Configuration configuration, MachineAddresses machine) {
        ListenerChange sockets = new ListenerChange(listeners, transport, configuration);
        try {
            sockets.open(serving, false);
            SelfDialCheck.check(configuration, sockets.addresses(), machine);
        } catch (RuntimeException | Error e) {
            sockets.undo(false);
            throw e;
        }
        sockets.commit(serving, false);
    }

    /** The socket that a listener keeps; null = it gets another one. */
    @Nullable
    Open keptBy(String listener) {
        return kept.get(listener);
    }

    /** Whether a listener gets another socket than it has: a new one, or that of another listener. */
    boolean moves(String listener) {
        Open before = listeners.running().get(listener);
        Open after = kept.get(listener);
        return before == null || after == null || !before.acceptor().equals(after.acceptor());
    }

    /** The sockets that are closed. */
    List<Open> removed() {
        Set<Acceptor> staying = new HashSet<>();
        kept.values().forEach(open -> staying.add(open.acceptor()));
        return listeners.running().values().stream().filter(open -> !staying.contains(open.acceptor())).toList();
    }

    /** The changes of kept sockets that this transport cannot make. */
    List<Problem> refusals() {
        List<Problem> refusals = new ArrayList<>();
        if (transport.canChangeBacklog()) {
            return refusals;
        }
        for (Map.Entry<String, Open> each : kept.entrySet()) {
            int before = formerConfig(each.getValue().acceptor()).socket().backlog();
            int after = each.getValue().config().socket().backlog();
            if (before != after) {
                refusals.add(Problem.refusal(each.getValue().config().place(), "socket.backlog", before + " → " + after
                        + " cannot change on an open socket of transport " + transport.name()
                        + ": restart the process to apply that, or write " + before));
            }
        }
        return refusals;
    }

    /**
     * Binds new sockets and registers them with their loops, without accepting.
     *
     * @param serving the configuration of each listener's connections
     * @param turning whether the loops turn; otherwise the sockets are only bound
     * @throws EngineException when the system refuses; to be undone then
     */
    void open(Map<String, Serving> serving, boolean turning) {
        List<Open> all = new ArrayList<>(kept.values());
        for (ListenerConfig config : configs) {
            Open open = kept.get(config.name());
            if (open == null) {
                Acceptor acceptor = listeners.acceptor(bind(config),
                        Objects.requireNonNull(serving.get(config.name()), config.name()), all);
                opened.add(acceptor);
                open = new Open(acceptor, config);
                all.add(open);
            }
            next.put(config.name(), open);
        }
        if (turning) {
            listeners.register(opened, PATIENCE);
        }
    }

    private ServerSocket bind(ListenerConfig config) {
        ListenOptions options = ListenerSettings.listening(config.socket());
        try {
            return listen(config, options);
        } catch (TransportException e) {
            Open old = e.kind() == TransportException.Kind.ADDRESS_IN_USE ? closingOnPortOf(config) : null;
            if (old == null) {
                throw BindErrors.refused(config, e);
            }
            return bindBeside(old, config, options);
        }
    }

    private ServerSocket listen(ListenerConfig config, ListenOptions options) throws TransportException {
        try {
            return transport.listen(config.listen(), options);
        } catch (TransportException e) {
            // Perhaps a socket that an earlier reload has removed still takes in its backlog.
            if (e.kind() == TransportException.Kind.ADDRESS_IN_USE && listeners.awaitClosed(config.listen())) {
                return transport.listen(config.listen(), options);
            }
            throw e;
        }
    }

    /** Whether a socket that is closed has the port of one that stays or is new: its clients meet that one next. */
    boolean isMove(Open removed) {
        return removed.bound() instanceof InetSocketAddress old && next.values().stream()
                .anyMatch(open -> open.bound() instanceof InetSocketAddress bound && bound.getPort() == old.getPort());
    }

    /** A socket that is going to be closed and has the same port: the listener moves from or to a wildcard. */
    private @Nullable Open closingOnPortOf(ListenerConfig config) {
        return config.listen() instanceof InetSocketAddress wanted
                ? removed().stream().filter(open -> open.bound() instanceof InetSocketAddress bound
                        && bound.getPort() == wanted.getPort()).findFirst().orElse(null)
                : null;
    }

    private ServerSocket bindBeside(Open old, ListenerConfig config, ListenOptions options) {
        ServerSocket socket = null;
        try {
            listeners.share(old.acceptor(), true, PATIENCE);
            socket = transport.listen(config.listen(), options.beside());
            socket.shared(false);
            return socket;
        } catch (TransportException e) {
            if (socket != null) {
                socket.close();
            }
            throw BindErrors.refused(config, e);
        } finally {
            try {
                listeners.share(old.acceptor(), false, PATIENCE);
            } catch (TransportException e) {
                LOG.warn("Listener {}: {} still shares its port: {}", old.config().name(),
                        AddressText.of(old.bound()), e.getMessage());
            }
        }
    }

    /** The addresses after the change, by the names of the listeners. Known once it is {@link #open}. */
    Map<String, SocketAddress> addresses() {
        Map<String, SocketAddress> addresses = new LinkedHashMap<>();
        next.forEach((name, open) -> addresses.put(name, open.bound()));
        return addresses;
    }

    /**
     * Makes the change. Cannot fail.
     *
     * @param turning whether the new sockets accept from now on; otherwise {@link Listeners#start} opens them
     */
    void commit(Map<String, Serving> serving, boolean turning) {
        next.forEach((name, open) -> open.acceptor().serve(Objects.requireNonNull(serving.get(name), name)));
        kept.forEach((name, open) -> {
            ListenOptions options = ListenerSettings.listening(open.config().socket());
            if (!options.equals(ListenerSettings.listening(formerConfig(open.acceptor()).socket()))) {
                EventLoop loop = open.acceptor().loop();
                loop.execute(() -> configure(open.acceptor(), options));
            }
        });
        listeners.replaceBy(next);
        if (turning) {
            opened.forEach(acceptor -> acceptor.loop().execute(acceptor::open));
        }
    }

    private ListenerConfig formerConfig(Acceptor acceptor) {
        return listeners.running().values().stream().filter(open -> open.acceptor().equals(acceptor)).findFirst()
                .orElseThrow().config();
    }

    private static void configure(Acceptor acceptor, ListenOptions options) {
        try {
            acceptor.configure(options);
        } catch (TransportException e) {
            LOG.warn("Listener {}: the system refused new socket options: {}", acceptor.serving().listener().name(),
                    e.getMessage());
        }
    }

    /** Closes what was opened. */
    void undo(boolean turning) {
        for (Acceptor acceptor : opened) {
            if (turning) {
                acceptor.loop().execute(acceptor::close);
            } else {
                acceptor.socket().close();
            }
        }
        opened.clear();
    }
}
