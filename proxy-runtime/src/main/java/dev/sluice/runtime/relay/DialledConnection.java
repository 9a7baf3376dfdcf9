package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

import dev.sluice.api.CloseReason;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.ListenerCounters;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import dev.sluice.runtime.tls.UpstreamTls;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a connection to its endpoint: the route that is taken, the attempts to connect, the endpoint that has
 * answered, and what its conduct says about it. Between {@link ClosingConnection} and {@link Relay}. On the connection's
 * loop.
 */
abstract class DialledConnection extends ClosingConnection {
    private static final Logger LOG = LoggerFactory.getLogger(DialledConnection.class);
    /** The time within which an end without a byte speaks against the endpoint. */
    private static final long EARLY_MILLIS = TimeUnit.SECONDS.toMillis(1);

    private final ListenerGeneration listener;
    /** The routes of the generation that accepted this; null once one was taken, so that it lets the generation go. */
    private @Nullable Routes routes;
    private @Nullable Dialer dialer;
    /** The PROXY header with which the connection begins; null = none is read. */
    private @Nullable ReceivedHeader received;
    /** The label of the route that was taken. */
    private @Nullable String route;
    private @Nullable EndpointState endpoint;
    /** The milliseconds from the accept until an endpoint had answered, 24 days at most; negative = none has. */
    private int openedAfterMillis = -1;
    /** The time that the attempts took, in microseconds as an unsigned number: 71 minutes at most, and an hour is allowed. */
    private int connectMicros;

    DialledConnection(Serving serving, StreamSocket clientSocket, BiFunction<Connection, StreamSocket, Side> sides,
            long now) {
        super(clientSocket, sides, now);
        this.listener = serving.listener();
        this.routes = serving.routes();
    }

    /**
     * The filters let the client in, and an endpoint has answered: bytes may move.
     *
     * @param header a buffer with the PROXY header that the endpoint gets first; null = it gets none
     */
    abstract void onOpen(@Nullable Buffer header);

    /** The proxy's own connects. */
    abstract SelfConnections self();

    abstract DescriptorReserve reserve();

    abstract Events events();

    /** The counters of the listener, on this loop. */
    abstract ListenerCounters counters();

    /** Runs the filters, or goes on if there are none. */
    abstract void admit();

    /** An endpoint is connected, and no byte has been sent to it yet. */
    abstract void onConnected();

    /** Runs the filters of a side that have to decide now. @return the time at which they are to be asked again */
    abstract long expireFilters(Side from, long now);

    /** The TLS handshake with the client is done. */
    abstract void onHandshaken();

    /**
     * Begins the TLS handshake with an endpoint that is connected.
     *
     * @param header a borrowed buffer with the PROXY header that the endpoint gets before, which this takes over; null = it gets none
     */
    abstract void beginUpstreamHandshake(@Nullable Buffer header);

    final ListenerGeneration listener() {
        return listener;
    }

    @Override
    final void dial() {
        Routes among = routes;
        routes = null;
        ConnectionChain filters = chain();
        Route found = among == null
                ? null
                : among.find(filters == null ? null : filters.routedTo(), this, this::source);
        if (found == null) {
            close(CloseReason.NO_ROUTE);
            return;
        }
        route = found.label();
        if (found.cluster().tls() != null) {
            upstream(new TlsSide(this, null));
        }
        state(RelayState.CONNECTING);
        client().updateInterest();
        Dialer attempts = new Dialer(this, found.cluster(), loop().index(),
                ClientAddress.hash(this), reserve(), events());
        dialer = attempts;
        onDialled(attempts, attempts.dialNext(now()));
    }

    private @Nullable IpAddress source() {
        return ClientAddress.source(this);
    }

    private void onDialled(Dialer attempts, Dialer.Outcome outcome) {
        switch (outcome) {
            case WAITING -> {
                state(RelayState.CONNECTING);
                deadlineAt(attempts.deadline());
            }
            case DIALLING -> onDialling(attempts);
            case FAILED -> close(attempts.failure());
            case HANDSHAKE, CONNECTED -> throw new IllegalStateException("the poller has not reported a connect");
        }
    }

    private void onDialling(Dialer attempts) {
        state(RelayState.CONNECTING);
        EndpointState dialled = attempts.endpoint();
        if (dialled != null && upstream().hasSocket()) {
            self().dialling(id(), listener.state(), client().socket(), upstream().socket(), dialled.address());
        }
        deadlineAt(attempts.deadline());
    }

    /**
     * Opens the connection: an endpoint has answered, and its place there is kept until the end.
     *
     * @return the endpoint; null = it leads back to the proxy, and the connection is closed
     */
    private @Nullable EndpointState opened(Dialer attempts) {
        self().dialled(id(), listener.state(), client().socket(), upstream().socket());
        if (self().leadsBack(listener.state(), client().socket())) {
            close(CloseReason.PROXY_LOOP);
            return null;
        }
        dialer = null;
        endpoint = attempts.endpoint();
        openedAfterMillis = (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(ageNanos()));
        connectMicros = (int) TimeUnit.NANOSECONDS.toMicros(attempts.elapsed(now()));
        state(RelayState.OPEN);
        touch();
        return endpoint;
    }

    @Override
    final void onConnectReady() {
        Dialer attempts = dialer;
        if (attempts == null) {
            return;
        }
        Buffer header = null;
        EndpointState dialled = attempts.endpoint();
        if (dialled != null && !dialled.header().isNone()) {
            // It is the first thing that is sent, so a place for it comes before the end of the connect.
            header = loop().memory().borrow();
            if (header == null) {
                client().awaitMemory();
                return;
            }
        }
        try {
            Dialer.Outcome outcome = attempts.onReady(now());
            boolean connected = outcome == Dialer.Outcome.CONNECTED || outcome == Dialer.Outcome.HANDSHAKE;
            if (connected) {
                onConnected();
            }
            if (!connected) {
                onDialled(attempts, outcome);
            } else if (outcome == Dialer.Outcome.HANDSHAKE || opened(attempts) != null) {
                if (header != null && dialled != null) {
                    HeaderOutput.write(this, dialled.header(), header);
                }
                Buffer first = header;
                header = null;
                if (outcome == Dialer.Outcome.HANDSHAKE) {
                    beginUpstreamHandshake(first);
                } else {
                    onOpen(first);
                }
            }
        } finally {
            if (header != null) {
                loop().memory().giveBack(header);
            }
        }
    }

    /** The TLS handshake with the endpoint is done. */
    final void onUpstreamHandshaken() {
        Dialer attempts = dialer;
        if (attempts != null) {
            attempts.succeed(now());
            if (opened(attempts) != null) {
                onOpen(null);
            }
        }
    }

    @Override
    final void onUpstreamHandshakeFailed(String why, boolean itsFault) {
        Dialer attempts = dialer;
        if (attempts != null) {
            onDialled(attempts, attempts.onHandshakeFailed(why, itsFault, now()));
        }
    }

    @Override
    final @Nullable UpstreamTls upstreamTls() {
        Dialer attempts = dialer;
        return attempts == null ? null : attempts.cluster().tls();
    }

    @Override
    final String dialledAddress() {
        EndpointState dialled = currentEndpoint();
        return dialled == null ? "" : dialled.label();
    }

    @Override
    final void onQueueTurn() {
        Dialer attempts = dialer;
        // A client may have left between the call and this; then its turn was passed on.
        if (attempts != null && attempts.isWaiting()) {
            onDialled(attempts, attempts.onTurn(now()));
        }
    }

    final void onConnectingExpiry(long now) {
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

    /** Gives up the attempts, because the client is refused. */
    final void cancelDial() {
        Dialer attempts = dialer;
        if (attempts != null) {
            attempts.cancel();
            dialer = null;
        }
    }

    /** Gives back the place at the endpoint, and counts the end. The attempts stay, for the last entry of the journal. */
    final void leaveEndpoint(CloseReason reason) {
        if (dialer != null) {
            dialer.cancel();
            dialer.cluster().state().counters().get(loop().index()).closed(reason);
        }
        if (endpoint != null) {
            endpoint.cluster().counters().get(loop().index()).closed(reason);
            endpoint.release();
        }
    }

    @Override
    final void onFirstFinished(Side side) {
        judge(!side.isClient());
    }

    /** Notes what the end of the connection says about the endpoint, unless a FIN has said it. */
    final void judgeEnd(CloseReason reason) {
        if (!halfClosed()) {
            judge(reason == CloseReason.UPSTREAM_RESET || reason == CloseReason.UPSTREAM_TLS_FAILED);
        }
    }

    /** Reports to the endpoint whether it ended the connection at once. */
    private void judge(boolean byUpstream) {
        EndpointState served = endpoint;
        if (served == null) {
            return;
        }
        if (!byUpstream || upstream().bytesRead() > 0 || millisOpen() > EARLY_MILLIS) {
            served.lasted();
        } else if (served.closedEarly(now())) {
            LOG.warn("Cluster {}: the endpoint {} closes connections at once. It is avoided for {} s.",
                    served.cluster().name(), served.label(), TimeUnit.NANOSECONDS.toSeconds(served.avoidedFor(now())));
            events().endpoint(served.cluster().name(), served.label(), false,
                    "it closes connections at once");
        }
    }

    /** Expects a PROXY header. @return it, with nothing of it read */
    final ReceivedHeader expectHeader(HeaderRules rules) {
        ReceivedHeader expected = new ReceivedHeader(rules.maxBytes());
        received = expected;
        return expected;
    }

    /** The PROXY header with which the connection begins; null = none is read. */
    final @Nullable ReceivedHeader receivedHeader() {
        return received;
    }

    @Override
    final @Nullable ProxyHeader proxyHeader() {
        return received == null ? null : received.header();
    }

    @Override
    final boolean hasPartialHeader() {
        return received != null && received.isPartial();
    }

    /** The endpoint that is connected; null = none is. */
    final @Nullable EndpointState endpoint() {
        return endpoint;
    }

    /** The endpoint that is connected, or the one that was tried last. */
    final @Nullable EndpointState lastEndpoint() {
        Dialer attempts = dialer;
        return attempts != null ? attempts.lastTried() : endpoint;
    }

    /** The endpoint that is connected or being tried. */
    final @Nullable EndpointState currentEndpoint() {
        Dialer attempts = dialer;
        return attempts != null ? attempts.endpoint() : endpoint;
    }

    /** Whether it tries to reach an endpoint. */
    final boolean isDialling() {
        Dialer attempts = dialer;
        return attempts != null && !attempts.isWaiting();
    }

    /** Whether the client waits in the queue of its cluster. */
    final boolean isQueued() {
        Dialer attempts = dialer;
        return attempts != null && attempts.isWaiting();
    }

    private long millisOpen() {
        return TimeUnit.NANOSECONDS.toMillis(ageNanos()) - openedAfterMillis;
    }

    /** The time that the attempts took; negative = none has succeeded. */
    final long connectNanos() {
        return openedAfterMillis < 0 ? -1 : TimeUnit.MICROSECONDS.toNanos(Integer.toUnsignedLong(connectMicros));
    }

    /**
     * The reason for which no endpoint was reached, the PROXY header was refused, or TLS failed, in words; null = none of that is the case.
     */
    final @Nullable String problem() {
        Dialer attempts = dialer;
        if (received != null && received.problem() != null) {
            return received.problem();
        }
        if (client().problem() != null) {
            return client().problem();
        }
        return attempts == null ? upstream().problem() : attempts.problem();
    }

    final @Nullable String route() {
        return route;
    }

    @Override
    final @Nullable String clusterName() {
        Dialer attempts = dialer;
        if (attempts != null) {
            return attempts.cluster().name();
        }
        return endpoint == null ? null : endpoint.cluster().name();
    }

    @Override
    final boolean hasCluster(String name) {
        // After a route was taken, a filter's choice changes nothing.
        Routes among = routes;
        return among == null || among.hasCluster(name);
    }
}
