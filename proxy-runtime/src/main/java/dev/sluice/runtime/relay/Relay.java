package dev.sluice.runtime.relay;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.function.Consumer;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.ListenerCounters;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One proxied connection: two {@link Side}s, one deadline, the filters of its listener if there are any. On its worker's loop.
 *
 * <pre>
 *    FILTERING ── a filter leaves the client without an answer ──▶ DROPPED ── deadline ──▶ reset
 *        │
 *        │ routed
 *        ▼           connected                   FIN both ways, all delivered
 *   CONNECTING ──────────────────▶ OPEN ──────────────────────────────────────▶ CLOSED
 *        │                          │  ╲                                          ▲
 *        │ no endpoint, deadline    │   ╲ a side that had sent FIN breaks         │
 *        │                          │    ╲                                        │
 *        │                          │     ▶ LINGERING ── the other closes too ────┤
 *        │                          │           │                                 │
 *        ▼                          ▼           ▼                                 │
 *      reset ◀───────── RST, deadline, operator ┴─────────────────────────────────┘
 * </pre>
 *
 * <p>Half-closed is not a state of its own: each side knows whether it has sent FIN.
 */
final class Relay extends Timer {
    /** Where in its life a relay is; see the diagram of {@link Relay}. */
    enum State {
        /** Filters decide whether and where to; the client is read only if they want to see its first bytes. */
        FILTERING("filtering"),
        /** Filters decided to leave the client without an answer: it is neither read nor told anything. */
        DROPPED("dropped"),
        /** The client waits, unread, until an endpoint is found. */
        CONNECTING("connecting"),
        /** Bytes move. */
        OPEN("open"),
        /**
         * One side sent FIN and broke afterwards: it accepts nothing any more, but what it sent is complete. The other side gets all of
         * it and time to close; what that side still sends is read and dropped, because closing over unread bytes would make the kernel
         * send a reset that destroys the last bytes under way (RFC 1122 section 4.2.2.13).
         */
        LINGERING("lingering"),
        /** Nothing is held any more. */
        CLOSED("closed");

        private final String label;

        State(String label) {
            this.label = label;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /** What stands for an address that the system does not tell any more. */
    private static final SocketAddress NOWHERE = UnixDomainSocketAddress.of("");

    /** Links of the worker's list. */
    @Nullable
    Relay previous;
    @Nullable
    Relay next;

    private final Worker worker;
    private final ListenerGeneration service;
    private final ListenerCounters counters;
    private final long id;
    private final Side client;
    private final Side upstream;
    private final long accepted;
    private State state = State.FILTERING;
    private @Nullable RelayFilters filters;
    private @Nullable Dialer dialer;
    /** The label of the route that was taken. Not the route, which would keep the clusters of its generation for as long as this is open. */
    private @Nullable String route;
    private @Nullable EndpointState endpoint;
    private @Nullable Side firstFinished;
    private CloseReason lingerReason = CloseReason.INTERNAL_ERROR;
    /** What an endpoint has sent in vain. */
    private int dropped;
    private long connectNanos = -1;
    private long lastActivity;

    Relay(Worker worker, ListenerGeneration service, long id, StreamSocket clientSocket) {
        this.worker = worker;
        this.service = service;
        this.counters = service.counters().get(worker.loop().figures().index());
        this.id = id;
        this.client = new Side(this, clientSocket);
        this.upstream = new Side(this, null);
        this.accepted = worker.loop().now();
        this.lastActivity = accepted;
    }

    /** Takes the client in, asks the filters and looks for an endpoint. */
    void start() {
        worker.add(this);
        service.generation().opened(loop().figures().index());
        counters.accepted();
        try {
            loop().poller().register(client.socket(), client);
            if (worker.self().leadsBack(service.state(), client.socket())) {
                close(CloseReason.PROXY_LOOP);
            } else if (service.plan().isEmpty()) {
                dial();
            } else {
                filters = new RelayFilters(this, service.plan());
                filters.onDecided();
            }
        } catch (SocketFailure gone) {
            close(CloseReason.CLIENT_RESET);
        } catch (Throwable failure) {
            fail(failure);
        }
    }

    /** A filter has decided to leave the client without an answer. */
    void drop() {
        state = State.DROPPED;
        client.updateInterest();
        deadlineAt(now() + service.settings().silentDropNanos());
    }

    /** Filters, if there are any, have let the client in: chooses a cluster and looks for an endpoint. */
    void dial() {
        Route to = service.routes().find(filters, this::source);
        if (to == null) {
            close(CloseReason.NO_ROUTE);
            return;
        }
        route = to.label();
        state = State.CONNECTING;
        client.updateInterest();
        Dialer finds = new Dialer(this, to.cluster(), loop().figures().index(), client.socket(), now());
        dialer = finds;
        finds.dialNext(now());
        if (state == State.CONNECTING) {
            deadlineAt(finds.deadline());
        }
    }

    /** An endpoint has answered; its connection is reserved on {@code at} until the relay ends. */
    void connected(EndpointState at, long nanos) {
        dialer = null;
        endpoint = at;
        connectNanos = nanos;
        state = State.OPEN;
        lastActivity = now();
        counters.proxied();
        deadlineNoLaterThan(lastActivity + service.settings().idleNanos());
        if (filters != null) {
            deadlineNoLaterThan(filters.deadline());
            if (client.gated()) {
                deadlineNoLaterThan(gateRetryAt(client));
            }
            upstream.startSending();
        }
        if (state == State.OPEN) {
            client.updateInterest();
            upstream.updateInterest();
        }
    }

    void connectFailed(CloseReason reason) {
        close(reason);
    }

    /** The poller reports the upstream socket while it is still connecting. */
    void onConnectReady(StreamSocket socket) {
        Dialer finds = dialer;
        if (finds != null) {
            finds.onReady(socket, now());
            if (state == State.CONNECTING) {
                deadlineAt(finds.deadline());
            }
        }
    }

    /** A side has sent FIN and everything before it has been read. */
    void finished(Side side) {
        if (firstFinished == null) {
            firstFinished = side;
        }
        touch();
        deadlineNoLaterThan(now() + service.settings().halfClosedNanos());
    }

    /** Ends the relay if both directions are complete. */
    void closeIfComplete() {
        if (state == State.LINGERING) {
            Side survivor = client.broken() ? upstream : client;
            if (survivor.complete()) {
                close(lingerReason, false);
            }
        } else if (client.complete() && upstream.complete()) {
            close(firstFinished == client ? CloseReason.CLIENT_FINISHED : CloseReason.UPSTREAM_FINISHED, false);
        }
    }

    /** A side does not take bytes any more. What it sent before may still wait to be read, unless it had sent FIN. */
    void broke(Side side) {
        if (!side.finished()) {
            // Its reset is met when the rest has been read.
            return;
        }
        if (state == State.LINGERING) {
            close(lingerReason);
            return;
        }
        Side survivor = side.peer();
        state = State.LINGERING;
        lingerReason = resetBy(side);
        deadlineAt(now() + service.settings().lingerNanos());
        survivor.updateInterest();
        closeIfComplete();
    }

    /** A side has reset while it was not read. What it sent before is not worth delivering: its stream was cut. */
    void hungUp(Side side) {
        close(state == State.DROPPED ? CloseReason.FILTER_DROPPED : resetBy(side));
    }

    /**
     * A survivor still sends, which is read and dropped, up to a bound: then it is cut. A client that is still uploading is read for all of the
     * linger time, or it would lose the answer that came early (as nginx does). An endpoint has nobody left to send to.
     */
    void drop(Side survivor, int count) {
        if (survivor == client) {
            return;
        }
        dropped += count;
        if (dropped > Side.BYTES_PER_EVENT) {
            close(lingerReason);
        }
    }

    CloseReason resetBy(Side side) {
        return side == client ? CloseReason.CLIENT_RESET : CloseReason.UPSTREAM_RESET;
    }

    /** Bytes were read from a side. */
    void moved(Side from, int count) {
        touch();
        counters.bytes(directionOf(from), count);
        if (filters != null) {
            filters.consumed(from, count);
        }
    }

    /** The filters that still see what a side sends; null = none. */
    @Nullable
    DirectionChain filters(Side from) {
        // Of a side that broke after its FIN, the other still gets what filters let pass.
        boolean flows = state == State.OPEN || state == State.FILTERING
                || (state == State.LINGERING && from.broken());
        return filters == null || !flows ? null : filters.direction(directionOf(from));
    }

    /** What a side sends can go nowhere any more. */
    void abandonFilters(Side from) {
        if (filters != null) {
            filters.abandon(directionOf(from));
        }
    }

    /** Filters have something to do although nothing may be read. */
    void filterNow(Side from) {
        if (filters != null) {
            filters.run(from, null);
        }
    }

    /** Reads a side whose bytes filters see. */
    void filter(Side from, StreamSocket socket) {
        if (filters != null) {
            filters.run(from, socket);
        }
    }

    /** How much the gates let a side be read now; 0 = nothing, until they are asked again; negative = a gate has failed, and this is closed. */
    int permits(Side from) {
        return filters == null || state == State.LINGERING ? Integer.MAX_VALUE : filters.permits(from);
    }

    /** When the gates of a side should be asked again. */
    long gateRetryAt(Side from) {
        return filters == null ? now() : filters.gateRetryAt(from);
    }

    /** A byte has moved. */
    void touch() {
        lastActivity = now();
    }

    State state() {
        return state;
    }

    long id() {
        return id;
    }

    Worker worker() {
        return worker;
    }

    ListenerGeneration service() {
        return service;
    }

    Side client() {
        return client;
    }

    Side upstream() {
        return upstream;
    }

    Side peerOf(Side side) {
        return side == client ? upstream : client;
    }

    Direction directionOf(Side side) {
        return side == client ? Direction.CLIENT_TO_UPSTREAM : Direction.UPSTREAM_TO_CLIENT;
    }

    EventLoop loop() {
        return worker.loop();
    }

    long now() {
        return worker.loop().now();
    }

    private void deadlineAt(long deadline) {
        loop().timers().arm(this, deadline);
    }

    /** Something now has a deadline that may come before the one that is armed. */
    void deadlineNoLaterThan(long deadline) {
        if (!armed() || loop().timers().deadline(this) > deadline) {
            deadlineAt(deadline);
        }
    }

    /** The timer was armed for the earliest thing that could happen; this finds what has. */
    @Override
    protected void onExpiry(long now) {
        if (filters != null) {
            filters.expire(now);
        }
        switch (state) {
            case FILTERING -> onFilteringExpiry(now);
            case DROPPED -> close(CloseReason.FILTER_DROPPED);
            case CONNECTING -> {
                Dialer finds = dialer;
                if (finds != null && finds.deadline() <= now) {
                    finds.onDeadline(now);
                }
                // The attempt may have been replaced by another, or by an open relay.
                if (state == State.CONNECTING && finds != null) {
                    deadlineAt(finds.deadline());
                }
            }
            case OPEN -> onOpenExpiry(now);
            case LINGERING -> close(lingerReason);
            case CLOSED -> {
            }
        }
    }

    private void onFilteringExpiry(long now) {
        long next = filters == null ? now : filters.onExpiry(client, now);
        if (state == State.FILTERING) {
            deadlineAt(next);
        }
    }

    private void onOpenExpiry(long now) {
        RelaySettings settings = service.settings();
        long filtersWant = Long.MAX_VALUE;
        if (filters != null) {
            filtersWant = Math.min(filters.onExpiry(client, now), filters.onExpiry(upstream, now));
        }
        if (state != State.OPEN) {
            return;
        }
        Side stalled = client.stalledBefore(now - settings.writeStallNanos())
                ? client
                : upstream.stalledBefore(now - settings.writeStallNanos()) ? upstream : null;
        // A poller reports room only when there is a lot of it. A slow reader is one that takes something when it is offered.
        if (stalled != null && !stalled.flush()) {
            close(stalled == client ? CloseReason.CLIENT_WRITE_STALL : CloseReason.UPSTREAM_WRITE_STALL);
            return;
        }
        if (state != State.OPEN) {
            return;
        }
        long deadline = Math.min(client.stallDeadline(settings.writeStallNanos()),
                upstream.stallDeadline(settings.writeStallNanos()));
        if (deadline == Long.MAX_VALUE) {
            // Nothing waits to be sent: then silence counts.
            boolean halfClosed = firstFinished != null;
            deadline = lastActivity + (halfClosed ? settings.halfClosedNanos() : settings.idleNanos());
            if (deadline <= now && (client.heldBack() || upstream.heldBack())) {
                // Bytes may be there; that they are not read is the proxy's doing.
                deadline = now + (halfClosed ? settings.halfClosedNanos() : settings.idleNanos());
            }
            if (deadline <= now) {
                close(halfClosed ? CloseReason.HALF_CLOSED_TIMEOUT : CloseReason.IDLE_TIMEOUT);
                return;
            }
        }
        deadlineAt(Math.min(deadline, filtersWant));
    }

    /** Something within the relay is wrong, and only the relay pays for it. */
    void fail(Throwable failure) {
        try {
            LOG.error("Connection {} of listener {} failed. Please report this.", id, service.name(), failure);
        } finally {
            close(CloseReason.INTERNAL_ERROR);
        }
    }

    @Override
    protected void onExpiryFailed(Throwable failure) {
        fail(failure);
    }

    /** Cuts the relay: whoever is still there gets a reset. */
    void close(CloseReason reason) {
        close(reason, true);
    }

    private void close(CloseReason reason, boolean cut) {
        if (state == State.CLOSED) {
            return;
        }
        Dialer dialing = dialer;
        EndpointState last = dialing != null ? dialing.lastTried() : endpoint;
        // Not every system tells it after the end.
        SocketAddress from = service.accessLog() == null ? null : client.socket().remoteAddress();
        state = State.CLOSED;
        if (filters != null) {
            filters.close(reason);
        }
        loop().timers().disarm(this);
        worker.remove(this);
        if (dialing != null) {
            dialing.cancel();
        }
        if (connectNanos < 0) {
            counters.failed();
        }
        client.end(cut);
        upstream.end(cut);
        worker.self().ended(id);
        if (endpoint != null) {
            endpoint.release();
        }
        counters.closed(reason);
        log(reason, last, from);
        service.generation().closed(loop().figures().index());
        service.limit().release();
        worker.processLimit().release();
    }

    private void log(CloseReason reason, @Nullable EndpointState last, @Nullable SocketAddress from) {
        Consumer<AccessEntry> log = service.accessLog();
        if (log == null) {
            return;
        }
        log.accept(AccessEntry.ended(id, service.name(), from == null ? NOWHERE : from,
                last == null ? null : last.label(), clusterName(), RelayFilters.findings(filters, route),
                client.bytesRead(), upstream.bytesRead(), now() - accepted, connectNanos, reason));
    }

    /** The client's address; null for clients of a Unix socket. */
    @Nullable
    IpAddress source() {
        return client.socket().remoteAddress() instanceof InetSocketAddress inet
                ? IpAddress.of(inet.getAddress())
                : null;
    }

    private @Nullable String clusterName() {
        Dialer dialing = dialer;
        if (dialing != null) {
            return dialing.cluster().name();
        }
        return endpoint == null ? null : endpoint.cluster().name();
    }

    ConnectionView view() {
        EndpointState at = dialer != null ? dialer.endpoint() : endpoint;
        SocketAddress from = client.socket().remoteAddress();
        boolean halfClosed = state == State.OPEN && firstFinished != null;
        return new ConnectionView(id, service.name(), AddressText.of(from == null ? NOWHERE : from),
                at == null ? null : at.label(),
                clusterName(), RelayFilters.findings(filters, route), halfClosed ? "half-closed" : state.label,
                now() - accepted,
                now() - lastActivity,
                client.bytesRead(), upstream.bytesRead(),
                client.bufferBytes() + upstream.bufferBytes() + (filters == null ? 0 : filters.bufferBytes()),
                client.tcpInfo(), upstream.tcpInfo());
    }
}
