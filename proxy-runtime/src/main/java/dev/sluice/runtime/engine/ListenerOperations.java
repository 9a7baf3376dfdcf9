package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import dev.sluice.runtime.engine.Listeners.Open;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.wiring.ListenerSettings;

/**
 * The operations on single listeners, which can stop listening for a while, as if their process had died. A listener that
 * is down stays so over reloads that leave it its address. Any thread but an event loop's.
 */
public final class ListenerOperations {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Listeners listeners;
    private final Generations generations;
    private final Transport transport;
    private final Events events;
    /** Held by a reload, and by a command. */
    private final ReentrantLock changing;
    private final BooleanSupplier serving;

    /**
     * @param changing held while listeners change
     * @param serving whether the server serves
     */
    ListenerOperations(Listeners listeners, Generations generations, Transport transport, Events events,
            ReentrantLock changing, BooleanSupplier serving) {
        this.listeners = listeners;
        this.generations = generations;
        this.transport = transport;
        this.events = events;
        this.changing = changing;
        this.serving = serving;
    }

    /** Whether a listener does not listen. */
    public boolean isDown(String name) {
        return find(name).acceptor().state() == Acceptor.State.CLOSED;
    }

    /**
     * Closes the socket of a listener: the system refuses new connections, and resets those in the backlog. Open ones go
     * on. Changes nothing if it is down.
     *
     * @throws IllegalArgumentException if there is no such listener
     * @throws EngineException if the server does not serve, or an event loop does not answer
     */
    public void down(String name) {
        change(name, open -> {
            if (open.acceptor().state() == Acceptor.State.CLOSED) {
                return;
            }
            int closed = listeners.closeNow(open.acceptor(), PATIENCE);
            if (closed == 0) {
                throw new EngineException("listener " + name + ": its event loop did not answer within "
                        + PATIENCE.toSeconds() + " s; the log names it");
            }
            note(name, "is down");
        });
    }

    /**
     * Listens again, on the same address and port. Changes nothing if it is not down.
     *
     * @throws IllegalArgumentException if there is no such listener
     * @throws EngineException if the server does not serve, or the system refuses the address
     */
    public void up(String name) {
        change(name, open -> {
            if (open.acceptor().state() != Acceptor.State.CLOSED) {
                return;
            }
            Acceptor acceptor = listeners.acceptor(bind(open),
                    Objects.requireNonNull(generations.serving().listeners().get(name), name),
                    listeners.running().values());
            try {
                listeners.register(List.of(acceptor), PATIENCE);
            } catch (EngineException e) {
                acceptor.loop().execute(acceptor::close);
                throw e;
            }
            Map<String, Open> next = new LinkedHashMap<>(listeners.running());
            next.put(name, new Open(acceptor, open.config()));
            listeners.replaceBy(next);
            acceptor.loop().execute(acceptor::open);
            note(name, "is up again");
        });
    }

    private ServerSocket bind(Open open) {
        try {
            return transport.listen(open.bound(), ListenerSettings.listening(open.config().socket()));
        } catch (TransportException e) {
            throw BindErrors.refused(open.config(), e);
        }
    }

    /** A change of a listener. */
    private interface Change {
        void make(Open open);
    }

    private void change(String name, Change change) {
        changing.lock();
        try {
            if (!serving.getAsBoolean()) {
                throw new EngineException("listener " + name + ": the server does not serve, or drains");
            }
            change.make(find(name));
        } finally {
            changing.unlock();
        }
    }

    private Open find(String name) {
        Open open = listeners.running().get(name);
        if (open == null) {
            throw new IllegalArgumentException("there is no listener " + Printable.quote(name) + "; there are: "
                    + String.join(", ", listeners.running().keySet()));
        }
        return open;
    }

    private void note(String name, String text) {
        events.add(Event.Kind.OPERATOR, "listener " + name, text + ", by the program");
    }
}
