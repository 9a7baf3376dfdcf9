package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.UpstreamTls;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * A proxied connection as its two {@link Side}s, the pumps and the filters see it: state, filter chain, time of the
 * last byte. Its only subclass, {@link Relay}, decides about its life; the cut between the two keeps the classes that
 * move bytes from knowing that. On the loop of its worker.
 */
abstract class Connection extends Timer implements RouteFacts {
    /**
     * The shortest pause before a closed gate is asked again: a gate that is always closed must not keep the loop busy.
     */
    private static final long GATE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Side client;
    private Side upstream;
    private RelayState state = RelayState.FILTERING;
    private @Nullable ConnectionChain chain;
    private final long accepted;
    private long lastActivity;

    /** @param sides makes the client's side, which decides whether its bytes are in TLS records */
    Connection(StreamSocket clientSocket, BiFunction<Connection, StreamSocket, Side> sides, long now) {
        this.client = sides.apply(this, clientSocket);
        this.upstream = new Side(this, null);
        this.accepted = now;
        this.lastActivity = now;
    }

    abstract EventLoop loop();

    abstract RelaySettings settings();

    /** The connection's id, unique for the life of the server. */
    abstract long id();

    /** An id of this connection that no connection of another server has. */
    abstract String uniqueId();

    /** The number of the newest configuration generation with its settings. */
    abstract long generation();

    /** Whether the configuration has a cluster of this name. */
    abstract boolean hasCluster(String name);

    /** The PROXY header with which the connection has begun; null = none has been read. */
    abstract @Nullable ProxyHeader proxyHeader();

    /** Rules about the TLS of the cluster whose endpoints are being tried; null = there is none, or one is connected. */
    abstract @Nullable UpstreamTls upstreamTls();

    /** The name of the cluster that was chosen; null = none was yet. */
    abstract @Nullable String clusterName();

    /** The address of the endpoint that is being tried, as configuration writes it. */
    abstract String dialledAddress();

    /** The poller reports the upstream socket while it is still connecting. */
    abstract void onConnectReady();

    /** It is the client's turn in the queue of its cluster. */
    abstract void onQueueTurn();

    /** Reads a side, and moves its bytes as far as one event may. */
    abstract void pump(Side from);

    /** Whether a filter waits for an answer before it lets the client in. */
    final boolean isSuspended() {
        return state == RelayState.FILTERING && chain != null && chain.suspended();
    }

    /** Runs the filters of a direction without reading. */
    abstract void runFilters(Side from);

    /** A buffer may be free for a side that waits for one. */
    abstract void onMemoryAvailable(Side side);

    /** A side has reset while it was not read, and had not sent FIN before. */
    abstract void onReset(Side side);

    /** A side no longer accepts bytes. */
    abstract void onBroken(Side side);

    /** A side has sent FIN, and everything before it has been read. */
    abstract void onFinished(Side side);

    /**
     * The end of a side's stream was read, and it is not FIN: ends the connection once the other side has the bytes
     * from before.
     */
    abstract void onCut(Side side);

    /** Everything owed to a side was handed to the kernel; it may be time for FIN or for the end. */
    abstract void onDelivered(Side side);

    /** Sends the last bytes of a filter to a side, if there are any for it. @return whether it has been sent everything before its FIN */
    abstract boolean sendLastBytes(Side to);

    /** A run of the filters has ended. */
    abstract void onFiltered(Side from, boolean alive);

    /** Bytes of a survivor were read and discarded. */
    abstract void onDiscarded(Side survivor, int count);

    /** Counts bytes that were read from a side. */
    abstract void countBytes(Side from, int count);

    /**
     * Counts a side whose TLS begins, changes or ends.
     *
     * @param engine whether it keeps an engine
     * @param change 1 = it begins, -1 = it ends
     */
    abstract void countTls(Side side, boolean engine, int change);

    /** The filters, if there are any, have let the client in: begins its handshake, or dials. */
    abstract void proceed();

    /** The record layer of a side as it is to be used: one that captures see, if there are any of its data. */
    abstract Records captured(Side side, Records established);

    /**
     * The TLS of the client is passed on as it is.
     *
     * @param first what was read of it so far
     */
    abstract void onPassedThrough(Buffer first);

    /** Chooses a cluster and dials an endpoint, once the filters, if there are any, have let the client in. */
    abstract void dial();

    /** Keeps the client in the tarpit: unanswered until a deadline. */
    abstract void tarpit();

    /**
     * Resets the endpoint. The client still gets the bytes due to it, the last bytes of the filter that refused it, and
     * FIN.
     */
    abstract void refuse(CloseReason reason);

    /** Cuts the connection: each open side gets a reset. */
    abstract void close(CloseReason reason);

    /** Ends this connection because of a defect; others go on. */
    abstract void fail(Throwable failure);

    final Side client() {
        return client;
    }

    final Side upstream() {
        return upstream;
    }

    /** Replaces the client's side by another one of its socket. */
    final void client(Side next) {
        next.socket().handler(next);
        client = next;
    }

    /** Replaces the endpoint's side before an endpoint is dialled, by one whose bytes are in TLS records. */
    final void upstream(Side next) {
        Buffer collected = upstream.takePending();
        upstream = next;
        if (collected != null) {
            next.owe(collected);
        }
    }

    final Side peerOf(Side side) {
        return side.isClient() ? upstream : client;
    }

    final Direction directionOf(Side side) {
        return side.isClient() ? Direction.CLIENT_TO_UPSTREAM : Direction.UPSTREAM_TO_CLIENT;
    }

    final RelayState state() {
        return state;
    }

    final boolean closed() {
        return state == RelayState.CLOSED;
    }

    final void state(RelayState next) {
        state = next;
    }

    final long now() {
        return loop().now();
    }

    /** The time of the accept. */
    final long accepted() {
        return accepted;
    }

    final long ageNanos() {
        return now() - accepted;
    }

    /** Notes that a byte has moved. */
    final void touch() {
        lastActivity = loop().now();
    }

    final long lastActivity() {
        return lastActivity;
    }

    final void chain(ConnectionChain filters) {
        chain = filters;
    }

    /** The filters of the connection; null = none. */
    @Nullable
    final ConnectionChain chain() {
        return chain;
    }

    @Override
    public final @Nullable String attribute(AttributeKey<String> key) {
        return chain == null
                ? TlsAttributes.value(client.session(), client.hello(), client.askedName(), key)
                : chain.get(key);
    }

    /** The filters that still see what a side sends; null = none. */
    @Nullable
    final DirectionChain filters(Side from) {
        ConnectionChain all = chain;
        if (all == null) {
            return null;
        }
        // After a side broke, the other still gets the bytes that filters let pass.
        boolean flows = switch (state) {
            case FILTERING, OPEN -> true;
            case LINGERING, RESETTING -> from.broken();
            case HEADER, HANDSHAKE, TARPIT, CONNECTING, UPSTREAM_HANDSHAKE, CLOSED -> false;
        };
        return flows ? all.direction(directionOf(from)) : null;
    }

    /** Ends the filters of a direction whose bytes can no longer go anywhere. */
    final void abandonFilters(Side from) {
        ConnectionChain all = chain;
        if (all != null) {
            all.abandon(directionOf(from));
        }
    }

    /**
     * The bytes that the gates permit to be read from a side now. If none, the side is not read until
     * {@link #askGates}.
     *
     * @return bytes; negative = a gate has failed, and the connection is closed
     */
    final int permitted(Side from) {
        ConnectionChain all = chain;
        if (all == null || !all.gated() || state == RelayState.LINGERING) {
            return Integer.MAX_VALUE;
        }
        int permitted = all.verdict() != null
                ? -1
                : all.permits(directionOf(from), settings().readBuffer(), now());
        if (permitted < 0) {
            endByVerdict(all);
        } else if (permitted == 0) {
            from.gated(true);
            deadlineNoLaterThan(gateRetryAt(from));
        }
        return permitted;
    }

    /** Asks the gates of a side again, once their pause is over. */
    final void askGates(Side from) {
        from.gated(false);
        if (permitted(from) > 0) {
            // The silence until now was the proxy's doing.
            touch();
            from.updateInterest();
        }
    }

    /** The time at which the gates of a side are to be asked again. */
    final long gateRetryAt(Side from) {
        ConnectionChain all = chain;
        long retry = all == null ? now() : all.retryAt(directionOf(from), now());
        return retry <= now() ? now() + GATE_PAUSE_NANOS : retry;
    }

    /** Accounts for bytes read from a side: counters, gates, time of the last byte. */
    final void onRead(Side from, int count) {
        touch();
        countBytes(from, count);
        ConnectionChain all = chain;
        if (all != null && all.gated() && !all.consumed(directionOf(from), count, now())) {
            endByVerdict(all);
        }
    }

    /** Ends the connection as a filter has decided. */
    final void endByVerdict(ConnectionChain all) {
        CloseReason verdict = all.verdict();
        if (verdict == CloseReason.FILTER_TARPITTED && state == RelayState.FILTERING) {
            tarpit();
        } else if (verdict == CloseReason.FILTER_REJECTED && all.lastBytes() != null) {
            refuse(verdict);
        } else {
            close(verdict == null ? CloseReason.FILTER_FAILED : verdict);
        }
    }

    /** The chain while a side is still to get the last bytes of a filter; null = there are none. */
    @Nullable
    final ConnectionChain lastBytesFor(Side side) {
        ConnectionChain all = chain;
        return state == RelayState.LINGERING && side.isClient() && all != null && all.lastBytes() != null ? all : null;
    }

    final void deadlineAt(long deadline) {
        loop().timers().arm(this, deadline);
    }

    /** Arms the timer for a deadline that may come before the one it is armed for. */
    final void deadlineNoLaterThan(long deadline) {
        if (!armed() || loop().timers().deadline(this) > deadline) {
            deadlineAt(deadline);
        }
    }
}
