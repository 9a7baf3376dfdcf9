package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.ListenerCounters;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a proxied connection: its state ({@link RelayState}), its end, and the reason of that end. Its deadlines
 * are those of {@link RelayDeadlines}; bytes are moved by the pumps. On its worker's loop.
 */
final class Relay extends ClosingConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /** The links of the worker's list. */
    @Nullable
    Relay previous;
    @Nullable
    Relay next;

    private final Worker worker;
    private final ListenerGeneration listener;
    private final ListenerCounters counters;
    /** The routes of the generation that accepted this; null once one was taken, so that it lets the generation go. */
    private @Nullable Routes routes;
    private final long id;
    private @Nullable Dialer dialer;
    /** The label of the route that was taken. */
    private @Nullable String route;
    private @Nullable EndpointState endpoint;
    private long connectNanos = -1;

    Relay(Worker worker, Serving serving, long id, StreamSocket clientSocket) {
        super(clientSocket, worker.loop().now());
        this.worker = worker;
        this.listener = serving.listener();
        this.routes = serving.routes();
        this.counters = listener.counters().get(worker.loop().index());
        this.id = id;
    }

    /** Registers the client, runs its filters and dials an endpoint. */
    void start() {
        worker.add(this);
        counters.accepted();
        listener.connections().opened(loop().index());
        try {
            loop().poller().register(client().socket(), client());
            if (worker.self().leadsBack(listener.state(), client().socket())) {
                close(CloseReason.PROXY_LOOP);
            } else if (listener.plan().isEmpty()) {
                dial();
            } else {
                RelayFilters filters = new RelayFilters(this, listener.plan());
                chain(filters);
                filters.start();
            }
        } catch (TransportException gone) {
            close(CloseReason.CLIENT_RESET);
        } catch (Throwable failure) {
            fail(failure);
        }
    }

    @Override
    void tarpit() {
        if (worker.draining()) {
            close(CloseReason.FILTER_TARPITTED);
            return;
        }
        state(RelayState.TARPIT);
        client().updateInterest();
        deadlineAt(now() + settings().tarpitNanos());
    }

    @Override
    void refuse(CloseReason reason) {
        if (closed()) {
            return;
        }
        startEnding(RelayState.LINGERING, reason);
        Dialer attempts = dialer;
        if (attempts != null) {
            attempts.cancel();
            dialer = null;
        }
        upstream().release();
        upstream().abortConnect();
        abandonFilters(client());
        abandonFilters(upstream());
        client().discardHeld();
        client().updateInterest();
        client().finishIfDrained();
    }

    @Override
    void dial() {
        Routes among = routes;
        routes = null;
        Route found = among == null ? null : among.find(chain(), this::source);
        if (found == null) {
            close(CloseReason.NO_ROUTE);
            return;
        }
        route = found.label();
        state(RelayState.CONNECTING);
        client().updateInterest();
        Dialer attempts = new Dialer(id, upstream(), found.cluster(), loop().index(),
                ClientAddress.hash(client().socket()), worker.reserve(), worker.journal().events(), now());
        dialer = attempts;
        onDialled(attempts, attempts.dialNext(now()));
    }

    /** The filter chain, which only this class creates; null = none. */
    private @Nullable RelayFilters filters() {
        return (RelayFilters) chain();
    }

    private @Nullable IpAddress source() {
        return ClientAddress.ip(client().socket());
    }

    private void onDialled(Dialer attempts, Dialer.Outcome outcome) {
        switch (outcome) {
            case DIALLING -> onDialling(attempts);
            case FAILED -> close(attempts.failure());
            case CONNECTED -> onConnected(attempts);
        }
    }

    private void onDialling(Dialer attempts) {
        EndpointState dialled = attempts.endpoint();
        if (dialled != null && upstream().hasSocket()) {
            worker.self().dialling(id, listener.state(), client().socket(), upstream().socket(), dialled.address());
        }
        deadlineAt(attempts.deadline());
    }

    /** Opens the connection: an endpoint has answered, and its place there is kept until the end. */
    private void onConnected(Dialer attempts) {
        worker.self().dialled(id, listener.state(), client().socket(), upstream().socket());
        if (worker.self().leadsBack(listener.state(), client().socket())) {
            close(CloseReason.PROXY_LOOP);
            return;
        }
        dialer = null;
        endpoint = attempts.endpoint();
        connectNanos = attempts.elapsed(now());
        state(RelayState.OPEN);
        touch();
        counters.proxied();
        if (worker.journal().wants(AccessEvent.START)) {
            worker.journal().record(entry(AccessEvent.START, null));
        }
        deadlineNoLaterThan(now() + settings().idleNanos());
        RelayFilters all = filters();
        if (all != null) {
            deadlineNoLaterThan(all.deadline());
            if (client().gated()) {
                deadlineNoLaterThan(gateRetryAt(client()));
            }
            upstream().startSending();
        }
        if (state() == RelayState.OPEN) {
            client().updateInterest();
            upstream().updateInterest();
        }
    }

    @Override
    void onConnectReady() {
        Dialer attempts = dialer;
        if (attempts != null) {
            onDialled(attempts, attempts.onReady(now()));
        }
    }

    @Override
    void pump(Side from) {
        if (filters(from) != null) {
            FilterPump.run(this, from, true);
        } else if (state() == RelayState.LINGERING) {
            DiscardPump.run(this, from);
        } else if (!SplicePump.isWorthIt(from.pace()) || state() != RelayState.OPEN
                || !SplicePump.run(this, from)) {
            CopyPump.run(this, from);
        }
    }

    @Override
    void runFilters(Side from) {
        FilterPump.run(this, from, false);
    }

    @Override
    void onMemoryAvailable(Side side) {
        side.updateInterest();
        if (state() == RelayState.LINGERING) {
            // Last bytes of a filter may have waited for memory.
            side.finishIfDrained();
        }
        if (side.hasSocket() && side.wantsRead()) {
            pump(side);
        } else {
            runFilters(side);
        }
    }

    @Override
    void onFiltered(Side from, boolean alive) {
        RelayFilters all = filters();
        if (all != null) {
            all.onRun(from, alive);
        }
    }

    @Override
    void countBytes(Side from, int count) {
        counters.bytes(directionOf(from), count);
    }

    /** Finds out what is due: the timer was armed for the earliest deadline of all. */
    @Override
    protected void onExpiry(long now) {
        RelayFilters all = filters();
        if (all != null) {
            all.expire(now);
        }
        switch (state()) {
            case FILTERING -> {
                long next = expireFilters(client(), now);
                if (state() == RelayState.FILTERING) {
                    deadlineAt(next);
                }
            }
            case TARPIT, LINGERING -> {
                // A filter's timeout may have led here just now, and armed the timer for the end.
                if (!armed()) {
                    close(state() == RelayState.TARPIT ? CloseReason.FILTER_TARPITTED : endReason());
                }
            }
            case CONNECTING -> onConnectingExpiry(now);
            case OPEN -> onOpenExpiry(now);
            case RESETTING -> {
                long filterDeadline = Math.min(expireFilters(client(), now), expireFilters(upstream(), now));
                if (state() == RelayState.RESETTING) {
                    onResettingExpiry(now, filterDeadline);
                }
            }
            case CLOSED -> {
            }
        }
    }

    private void onConnectingExpiry(long now) {
        Dialer attempts = dialer;
        if (attempts == null) {
            return;
        }
        if (attempts.deadline() <= now) {
            onDialled(attempts, attempts.onDeadline(now));
        } else {
            deadlineAt(attempts.deadline());
        }
    }

    private void onOpenExpiry(long now) {
        long filterDeadline = Math.min(expireFilters(client(), now), expireFilters(upstream(), now));
        if (state() != RelayState.OPEN || isStalled(client(), now) || isStalled(upstream(), now)) {
            return;
        }
        long deadline = Math.min(RelayDeadlines.stall(settings(), client().owedSince()),
                RelayDeadlines.stall(settings(), upstream().owedSince()));
        if (deadline == RelayDeadlines.NEVER) {
            boolean halfClosed = halfClosed();
            deadline = RelayDeadlines.silence(settings(), halfClosed, lastActivity(),
                    client().heldBack() || upstream().heldBack(), now);
            if (deadline <= now) {
                close(RelayDeadlines.silenceReason(halfClosed));
                return;
            }
        }
        deadlineAt(Math.min(deadline, filterDeadline));
    }

    /** Runs the filters of a side that have to decide now. @return the time at which they are to be asked again */
    private long expireFilters(Side from, long now) {
        RelayFilters all = filters();
        return all == null ? RelayDeadlines.NEVER : all.expire(from, now);
    }

    @Override
    void fail(Throwable failure) {
        try {
            LOG.error("Connection {} of listener {} failed. Please report this.", id, listener.name(), failure);
        } finally {
            close(CloseReason.INTERNAL_ERROR);
        }
    }

    @Override
    protected void onExpiryFailed(Throwable failure) {
        fail(failure);
    }

    @Override
    void close(CloseReason cause, boolean cut) {
        if (closed()) {
            return;
        }
        CloseReason reason = leftSilently(cause) ? CloseReason.CLIENT_SILENT : cause;
        Dialer attempts = dialer;
        state(RelayState.CLOSED);
        RelayFilters all = filters();
        if (all != null) {
            all.close(reason);
        }
        loop().timers().disarm(this);
        worker.remove(this);
        if (attempts != null) {
            attempts.cancel();
        }
        if (connectNanos < 0) {
            counters.failed();
        }
        // Filters have said what they had to say, and not every system knows the client's address after the end.
        AccessEntry entry = worker.journal().wantsEnd(reason) ? entry(AccessEvent.END, reason) : null;
        client().end(cut);
        upstream().end(cut);
        worker.self().ended(id);
        if (endpoint != null) {
            endpoint.release();
        }
        counters.closed(reason);
        if (entry != null) {
            worker.journal().record(entry);
        }
        listener.limit().release();
        worker.processLimit().release();
        listener.connections().closed(loop().index());
    }

    /** An entry of the journal about this moment. */
    AccessEntry entry(AccessEvent event, @Nullable CloseReason reason) {
        Dialer attempts = dialer;
        return RelayReport.entry(event, this, listener, attempts != null ? attempts.lastTried() : endpoint,
                clusterName(), route, connectNanos, reason);
    }

    private @Nullable String clusterName() {
        Dialer attempts = dialer;
        if (attempts != null) {
            return attempts.cluster().name();
        }
        return endpoint == null ? null : endpoint.cluster().name();
    }

    @Override
    long generation() {
        return listener.generation();
    }

    /** A view of this connection as it is now. */
    ConnectionView view() {
        boolean halfClosed = state() == RelayState.OPEN && halfClosed();
        return RelayReport.view(this, listener, dialer != null ? dialer.endpoint() : endpoint,
                clusterName(), route,
                halfClosed ? "half-closed" : state().label());
    }

    @Override
    EventLoop loop() {
        return worker.loop();
    }

    @Override
    RelaySettings settings() {
        return listener.settings();
    }

    @Override
    long id() {
        return id;
    }

    @Override
    boolean hasCluster(String name) {
        // After a route was taken, a filter's choice changes nothing.
        Routes among = routes;
        return among == null || among.hasCluster(name);
    }
}
