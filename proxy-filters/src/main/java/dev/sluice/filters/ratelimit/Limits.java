package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.api.Answer;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * All limits of one filter, with their use. Thread-safe.
 *
 * <p>A connection that {@linkplain #enter enters} has a place: it is counted, and its source is held in the table. It
 * must {@linkplain #leave leave} the place exactly once.
 */
final class Limits {
    private static final int LISTENER_AT_MAXIMUM = -3;
    private static final int MIB = 1 << 20;
    private static final long LOG_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long[] NONE = {};

    /** @param cell which of the connection's buckets */
    private record OwnGate(TokenBucket bucket, int cell) {}

    private final FilterEnvironment environment;
    private final int tableSize;
    private final OwnGate[] ownToUpstream;
    private final OwnGate[] ownToClient;
    private final int cellsPerConnection;
    /** The limits on the bytes of each connection by itself, for people. */
    private final List<String> ownBandwidth = new ArrayList<>();
    private final AtomicLong refusedAsFull = new AtomicLong();
    private final AtomicLong nextLog;
    /** The limits of this configuration, which come into force with its first connection. */
    private Rules own;
    private Usage usage;

    Limits(RateLimitConfig config, FilterEnvironment environment) {
        this.environment = environment;
        List<OwnGate> up = new ArrayList<>();
        List<OwnGate> down = new ArrayList<>();
        int cells = 0;
        for (Bandwidth limit : config.bandwidth()) {
            if (limit.per().shared() == null) {
                ownBandwidth.add(limit.rate() + " of each connection");
                OwnGate gate = new OwnGate(TokenBucket.ofBytes(limit.rate(), limit.burst()), cells++);
                if (limit.direction().counts(Direction.CLIENT_TO_UPSTREAM)) {
                    up.add(gate);
                }
                if (limit.direction().counts(Direction.UPSTREAM_TO_CLIENT)) {
                    down.add(gate);
                }
            }
        }
        ownToUpstream = up.toArray(OwnGate[]::new);
        ownToClient = down.toArray(OwnGate[]::new);
        cellsPerConnection = cells;
        tableSize = config.tableSize();
        own = Rules.of(config);
        usage = new Usage(own, tableSize, environment);
        nextLog = new AtomicLong(environment.nanoTime());
    }

    /**
     * Shares the use of other limits, if they count the same things. Before the first connection. The others stay in
     * force until then.
     */
    void inherit(Limits previous) {
        boolean sameTable = usage.sources() == null || tableSize == previous.tableSize;
        if (!sameTable || !own.shape().equals(previous.own.shape())) {
            environment.logger().log(System.Logger.Level.WARNING,
                    "counts and buckets start anew, because tableSize or the scopes of the limits have changed");
            return;
        }
        own = own.heirsOf(previous.own);
        usage.leave();
        usage = previous.usage.share();
    }

    /** Ends the use, after the last connection. */
    void close() {
        usage.leave();
    }

    // ── connections ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Finds a place for a connection, to be left again. Negative if there is none: see {@link #refuse}. */
    int enter(ConnectionInfo connection) {
        usage.enforce(own, environment);
        Rules rules = usage.rules();
        SourceTable sources = usage.sources();
        int place = sources == null ? 0 : sources.hold(connection.source(), rules.maxOfSource());
        if (place >= 0 && !open(rules.maxOfListener())) {
            release(place);
            return LISTENER_AT_MAXIMUM;
        }
        return place;
    }

    private boolean open(int max) {
        if (max == Integer.MAX_VALUE) {
            return true;
        }
        AtomicInteger open = usage.open();
        for (int now = open.get(); now < max; now = open.get()) {
            if (open.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Frees a place. */
    void leave(int place) {
        if (own.maxOfListener() < Integer.MAX_VALUE) {
            usage.open().decrementAndGet();
        }
        release(place);
    }

    private void release(int place) {
        SourceTable sources = usage.sources();
        if (sources != null) {
            sources.release(place);
        }
    }

    /** Refuses a connection that has no place, with the reason. */
    ConnectDecision refuse(int noPlace, ConnectionContext context) {
        return switch (noPlace) {
            case SourceTable.AT_MAXIMUM -> reject(context, name(context.source()) + " has "
                    + usage.rules().maxOfSource()
                    + " connections, its maximum");
            case LISTENER_AT_MAXIMUM -> reject(context, "the listener has "
                    + usage.rules().maxOfListener() + " connections, its maximum");
            case SourceTable.NO_MEMORY -> {
                logFull("the tables of sources have taken " + TableMemory.OF_HEAP.most() / MIB
                        + " MiB, a quarter of the heap, all that they may", "Raise -Xmx if these are real clients.");
                yield reject(context, "no memory for another source: the tables of sources have a quarter of the heap");
            }
            default -> {
                logFull("the table of sources is full", "Each of its " + tableSize + " sources has open connections or"
                        + " was active a moment ago. Raise tableSize if these are real clients.");
                yield reject(context, "no room for another source: tableSize " + tableSize);
            }
        };
    }

    private static ConnectDecision reject(ConnectionContext context, String reason) {
        context.explain(reason);
        return ConnectDecision.REJECT;
    }

    private void logFull(String what, String advice) {
        long refused = refusedAsFull.incrementAndGet();
        long now = environment.nanoTime();
        long next = nextLog.get();
        if (now - next >= 0 && nextLog.compareAndSet(next, now + LOG_INTERVAL_NANOS)) {
            environment.logger().log(System.Logger.Level.WARNING,
                    what + ": connections of further sources are refused, " + refused + " so far. " + advice);
        }
    }

    /**
     * Decides whether a connection that has a place is within the rates. Takes a token from every bucket, or none from
     * any.
     */
    ConnectDecision pace(ConnectionContext context, int place) {
        long now = environment.nanoTime();
        Rules rules = usage.rules();
        for (Rules.Rule limit : rules.rates()) {
            if (limit.bucket().waitFor(cells(limit, place), cell(limit, place), now) > limit.maxWaitNanos()) {
                return tooEarly(limit, context);
            }
        }
        long longest = 0;
        for (Rules.Rule limit : rules.rates()) {
            long wait = limit.bucket().take(cells(limit, place), cell(limit, place), now, limit.maxWaitNanos());
            if (wait == TokenBucket.TOO_LONG) {
                return tooEarly(limit, context);
            }
            longest = Math.max(longest, wait);
        }
        if (usage.rules() != rules) {
            // Others came into force meanwhile, and may have given the same tokens to other connections.
            return pace(context, place);
        }
        if (longest == 0) {
            return ConnectDecision.ACCEPT;
        }
        // The wait is counted from the time of the event, and that may be a little older.
        Duration wait = Duration.ofNanos(now + longest - context.nanoTime());
        context.suspend(wait, Answer.accept());
        return ConnectDecision.SUSPEND;
    }

    private static ConnectDecision tooEarly(Rules.Rule limit, ConnectionContext context) {
        String limited = limit.per() == Scope.SOURCE ? name(context.source()) : "the listener";
        return reject(context, limited + " above " + limit.bucket().rate());
    }

    static String name(@Nullable IpAddress source) {
        if (source == null) {
            return "clients without an address";
        }
        return "source " + (source.isIpv4() ? source : new Cidr(new IpAddress(source.high(), 0), 64));
    }

    private long[] cells(Rules.Rule limit, int place) {
        SourceTable sources = usage.sources();
        return limit.per() == Scope.SOURCE && sources != null ? sources.cells(place) : usage.listenerCells();
    }

    private int cell(Rules.Rule limit, int place) {
        SourceTable sources = usage.sources();
        return limit.per() == Scope.SOURCE && sources != null ? sources.firstCell(place) + limit.cell() : limit.cell();
    }

    /** {@return what would become of a client now, in a sentence} Takes nothing. Any thread. */
    String explain(@Nullable IpAddress source) {
        return new LimitsExplanation(usage, usage.inForceWith(own, environment), source, environment.nanoTime())
                .sentence(ownBandwidth);
    }

    // ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** {@return whether bytes are limited at all} */
    boolean gated() {
        return cellsPerConnection > 0 || own.gates(Direction.CLIENT_TO_UPSTREAM).length > 0
                || own.gates(Direction.UPSTREAM_TO_CLIENT).length > 0;
    }

    /** {@return whether a connection keeps its place while it is open, or has buckets of its own} */
    boolean remembersConnections() {
        return cellsPerConnection > 0 || own.remembersConnections();
    }

    /** {@return buckets for one connection, to be filled when it begins} */
    long[] newCells() {
        return cellsPerConnection == 0 ? NONE : new long[cellsPerConnection];
    }

    private OwnGate[] ownGates(Direction direction) {
        return direction == Direction.CLIENT_TO_UPSTREAM ? ownToUpstream : ownToClient;
    }

    /**
     * See {@link dev.sluice.api.ReadGate#permits}.
     *
     * @param cells those of {@link #newCells}
     */
    int permits(Direction direction, int wanted, long now, int place, long[] cells) {
        int permitted = wanted;
        for (OwnGate gate : ownGates(direction)) {
            permitted = gate.bucket().permits(cells, gate.cell(), permitted, now);
            if (permitted == 0) {
                return 0;
            }
        }
        for (Rules.Rule gate : usage.rules().gates(direction)) {
            permitted = gate.bucket().permits(cells(gate, place), cell(gate, place), permitted, now);
            if (permitted == 0) {
                return 0;
            }
        }
        return permitted;
    }

    /** See {@link dev.sluice.api.ReadGate#retryAtNanos}. */
    long retryAt(Direction direction, long now, int place, long[] cells) {
        long wait = 0;
        for (OwnGate gate : ownGates(direction)) {
            wait = Math.max(wait, gate.bucket().opensAt(cells, gate.cell(), now) - now);
        }
        for (Rules.Rule gate : usage.rules().gates(direction)) {
            wait = Math.max(wait, gate.bucket().opensAt(cells(gate, place), cell(gate, place), now) - now);
        }
        return now + wait;
    }

    /** See {@link dev.sluice.api.ReadGate#consumed}. */
    void consumed(Direction direction, int bytes, long now, int place, long[] cells) {
        for (OwnGate gate : ownGates(direction)) {
            gate.bucket().consume(cells, gate.cell(), bytes, now);
        }
        for (Rules.Rule gate : usage.rules().gates(direction)) {
            gate.bucket().consume(cells(gate, place), cell(gate, place), bytes, now);
        }
    }
}
