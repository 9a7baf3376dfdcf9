package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import org.jspecify.annotations.Nullable;

/**
 * The filter chain of a connection, with the facts that filters can query and the consequences of their decisions. On
 * the connection's loop; only connections of listeners with filters have one.
 */
final class RelayFilters extends ConnectionChain {
    /** The pause before filters that found no memory to decide in are run again, unless memory is free earlier. */
    private static final long MEMORY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Connection connection;

    RelayFilters(Connection connection, ChainPlan plan) {
        super(plan);
        this.connection = connection;
    }

    @Override
    protected void onAnswer() {
        if (connection.state() == RelayState.FILTERING) {
            start();
        }
    }

    /** Runs the filters' decision whether to let the client in, and carries it out. */
    void start() {
        switch (connect()) {
            case WAIT -> connection.deadlineNoLaterThan(deadline());
            case GO_ON -> goOn();
            case END -> connection.endByVerdict(this);
        }
    }

    @Override
    protected void onAnswer(Direction direction) {
        connection.runFilters(sender(direction));
    }

    private Side sender(Direction direction) {
        return direction == Direction.CLIENT_TO_UPSTREAM ? connection.client() : connection.upstream();
    }

    @Override
    protected void onFinish(Direction direction) {
        sender(direction).mute();
    }

    @Override
    protected void onWoken() {
        if (connection.closed()) {
            return;
        }
        if (verdict() != null) {
            connection.endByVerdict(this);
        } else if (deadline() != Long.MAX_VALUE) {
            connection.deadlineNoLaterThan(deadline());
        }
    }

    /** Goes on after the decision to let the client in: with its handshake, its first bytes, or the endpoint. */
    void goOn() {
        if (connection.client().needsHandshake()) {
            connection.proceed();
            return;
        }
        DirectionChain first = direction(Direction.CLIENT_TO_UPSTREAM);
        if (waitsBeforeRouting() || (first != null && first.suspended())) {
            connection.deadlineNoLaterThan(deadline());
            connection.client().updateInterest();
        } else {
            connection.proceed();
        }
    }

    /** Runs the filters of a side that have to decide now. @return the time at which they are to be asked again */
    long expire(Side from, long now) {
        DirectionChain seen = connection.filters(from);
        if (seen != null && seen.holdExpired(now)) {
            connection.runFilters(from);
        }
        if (from.gated() && !connection.closed()) {
            connection.askGates(from);
        }
        // Filters that found no memory are run again when there is some.
        long next = deadline() <= now ? now + MEMORY_PAUSE_NANOS : deadline();
        return from.gated() && !connection.closed() ? Math.min(next, connection.gateRetryAt(from)) : next;
    }

    /**
     * Goes on after a run of the filters of one direction.
     *
     * @param alive false = a filter has ended the connection, if it is not closed already
     */
    void onRun(Side from, boolean alive) {
        if (connection.closed()) {
            return;
        }
        if (!alive) {
            if (mayDeliver(from)) {
                // As if the sender had reset: the reset is passed on when everything before it has arrived.
                from.markCut();
            } else if (verdict() != null) {
                connection.endByVerdict(this);
            }
            return;
        }
        if (deadline() != Long.MAX_VALUE) {
            connection.deadlineNoLaterThan(deadline());
        }
        if (connection.state() == RelayState.FILTERING) {
            goOn();
        } else if (from.ended() && connection.state() != RelayState.CONNECTING
                && connection.state() != RelayState.UPSTREAM_HANDSHAKE) {
            from.peer().finishIfDrained();
        }
        if (!connection.closed()) {
            from.updateInterest();
        }
    }

    /** Whether a filter has refused what a side sends, and bytes that passed before have not arrived yet. */
    boolean mayDeliver(Side from) {
        return connection.state() == RelayState.OPEN && verdict() == CloseReason.FILTER_REJECTED && lastBytes() == null
                && !from.peer().broken() && !from.peer().isDelivered();
    }

    @Override
    public long id() {
        return connection.id();
    }

    @Override
    protected EventLoop loop() {
        return connection.loop();
    }

    @Override
    public @Nullable IpAddress peer() {
        return ClientAddress.peer(connection);
    }

    @Override
    public int peerPort() {
        return ClientAddress.peerPort(connection);
    }

    @Override
    public @Nullable IpAddress destination() {
        return ClientAddress.destination(connection);
    }

    @Override
    public int destinationPort() {
        return ClientAddress.destinationPort(connection);
    }

    @Override
    public @Nullable IpAddress source() {
        return ClientAddress.source(connection);
    }

    @Override
    public int sourcePort() {
        return ClientAddress.sourcePort(connection);
    }

    @Override
    public @Nullable String cluster() {
        return connection.clusterName();
    }

    @Override
    public @Nullable String endpoint() {
        String address = connection.dialledAddress();
        return address.isEmpty() ? null : address;
    }

    @Override
    protected @Nullable Object fact(AttributeKey<?> key) {
        Side client = connection.client();
        String ofTls = TlsAttributes.value(client.session(), client.hello(), client.askedName(), key);
        if (ofTls == null) {
            ofTls = TlsAttributes.ofEndpoint(connection.upstream().session(), key);
        }
        if (ofTls != null) {
            return ofTls;
        }
        ProxyHeader header = connection.proxyHeader();
        return header == null ? null : HeaderAttributes.value(header.tlvs(), key);
    }

    @Override
    protected boolean routed() {
        return connection.state() != RelayState.FILTERING && connection.state() != RelayState.HANDSHAKE;
    }

    @Override
    protected boolean hasCluster(String name) {
        return connection.hasCluster(name);
    }
}
