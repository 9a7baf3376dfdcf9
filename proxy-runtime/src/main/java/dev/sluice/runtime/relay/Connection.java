package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * One proxied connection as its two {@link Side}s, the pumps and the filters see it: state, filter chain, time of the last byte. What becomes
 * of it is decided by its only subclass, {@link Relay}; the cut between the two keeps the classes that move bytes from knowing the life of a
 * connection. On the loop of its worker.
 */
abstract class Connection extends Timer {
    /** Shortest pause before a closed gate is asked again: one that is always closed must not keep the loop busy. */
    private static final long GATE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Side client;
    private final Side upstream;
    private RelayState state = RelayState.FILTERING;
    private @Nullable ConnectionChain chain;
    private long lastActivity;

    Connection(StreamSocket clientSocket, long now) {
        this.client = new Side(this, clientSocket);
        this.upstream = new Side(this, null);
        this.lastActivity = now;
    }

    abstract EventLoop loop();

    abstract RelaySettings settings();

    /** Unique for the life of the server. */
    abstract long id();

    /** Whether the configuration has a cluster of this name. */
    abstract boolean hasCluster(String name);

    /** The poller reports the upstream socket while it is still connecting. */
    abstract void onConnectReady();

    /** Reads a side, and moves what it has sent as far as one event may. */
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

    /** A side accepts no bytes any more. */
    abstract void onBroken(Side side);

    /** A side has sent FIN, and everything before it has been read. */
    abstract void onFinished(Side side);

    /** The end of what a side has sent was read, and it is not FIN: ends the connection once the other side has what came before. */
    abstract void onCut(Side side);

    /** Nothing is owed to a side any more; it may be time for FIN or for the end. */
    abstract void onDelivered(Side side);

    /** One run of filters is over. */
    abstract void onFiltered(Side from, boolean alive);

    /** Bytes of a survivor were read and discarded. */
    abstract void onDiscarded(Side survivor, int count);

    /** Counts bytes that were read from a side. */
    abstract void countBytes(Side from, int count);

    /** Filters, if there are any, have let the client in: chooses a cluster and looks for an endpoint. */
    abstract void dial();

    /** Keeps the client without an answer until a deadline. */
    abstract void tarpit();

    /** Resets the endpoint; the client gets what is due to it, the last bytes of the filter that has refused it, and FIN. */
    abstract void refuse(CloseReason reason);

    /** Cuts the connection: each side that is still there gets a reset. */
    abstract void close(CloseReason reason);

    /** Ends the connection because of a defect, and no other. */
    abstract void fail(Throwable failure);

    final Side client() {
        return client;
    }

    final Side upstream() {
        return upstream;
    }

    final Side peerOf(Side side) {
        return side == client ? upstream : client;
    }

    final Direction directionOf(Side side) {
        return side == client ? Direction.CLIENT_TO_UPSTREAM : Direction.UPSTREAM_TO_CLIENT;
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

    /** The filters that the listener has; null = none. */
    @Nullable
    final ConnectionChain chain() {
        return chain;
    }

    /** The filters that still see what a side sends; null = none. */
    @Nullable
    final DirectionChain filters(Side from) {
        ConnectionChain all = chain;
        if (all == null) {
            return null;
        }
        // Of a side that broke, the other still gets what filters let pass.
        boolean flows = switch (state) {
            case FILTERING, OPEN -> true;
            case LINGERING, RESETTING -> from.broken();
            case TARPIT, CONNECTING, CLOSED -> false;
        };
        return flows ? all.direction(directionOf(from)) : null;
    }

    /** What a side sends can go nowhere any more. */
    final void abandonFilters(Side from) {
        ConnectionChain all = chain;
        if (all != null) {
            all.abandon(directionOf(from));
        }
    }

    /**
     * How much the gates let a side be read now. If nothing, it is not read until {@link #askGates}.
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

    /** Asks the gates of a side again, the time having come. */
    final void askGates(Side from) {
        from.gated(false);
        if (permitted(from) > 0) {
            // That it was silent until now was the proxy's doing.
            touch();
            from.updateInterest();
        }
    }

    /** When the gates of a side should be asked again. */
    final long gateRetryAt(Side from) {
        ConnectionChain all = chain;
        long retry = all == null ? now() : all.retryAt(directionOf(from), now());
        return retry <= now() ? now() + GATE_PAUSE_NANOS : retry;
    }

    /** Bytes were read from a side: for counters, gates and the time of the last byte. */
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

    /** The chain while a side is still to get last bytes of it; null = there are none. */
    @Nullable
    final ConnectionChain lastBytesFor(Side side) {
        ConnectionChain all = chain;
        return state == RelayState.LINGERING && side == client && all != null && all.lastBytes() != null ? all : null;
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
