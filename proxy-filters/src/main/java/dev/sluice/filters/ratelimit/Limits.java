package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
    private static final long LOG_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long[] NONE = {};

    /** @param cell which of the source's, or the listener's, buckets */
    private record ConnectionLimit(TokenBucket bucket, Scope per, int cell, long maxWaitNanos, String rate) {}

    /** @param cell which of the source's, the listener's or the connection's buckets */
    private record Gate(TokenBucket bucket, BandwidthScope per, int cell) {}

    private final FilterEnvironment environment;
    private final int tableSize;
    private final @Nullable SourceTable sources;
    private final int maxOfSource;
    private final int maxOfListener;
    private final AtomicInteger open = new AtomicInteger();
    private final ConnectionLimit[] rates;
    private final Gate[] toUpstream;
    private final Gate[] toClient;
    private final long[] listenerCells;
    private final int cellsPerConnection;
    private final AtomicLong refusedAsFull = new AtomicLong();
    private final AtomicLong nextLog;

    Limits(RateLimitConfig config, FilterEnvironment environment) {
        this.environment = environment;
        long now = environment.nanoTime();
        int[] cells = new int[BandwidthScope.values().length];
        rates = rates(config, cells);
        List<Gate> up = new ArrayList<>();
        List<Gate> down = new ArrayList<>();
        for (Bandwidth limit : config.bandwidth()) {
            Gate gate = new Gate(TokenBucket.ofBytes(limit.rate(), limit.burst()), limit.per(),
                    cells[limit.per().ordinal()]++);
            if (limit.direction().counts(Direction.CLIENT_TO_UPSTREAM)) {
                up.add(gate);
            }
            if (limit.direction().counts(Direction.UPSTREAM_TO_CLIENT)) {
                down.add(gate);
            }
        }
        toUpstream = up.toArray(Gate[]::new);
        toClient = down.toArray(Gate[]::new);
        cellsPerConnection = cells[BandwidthScope.CONNECTION.ordinal()];
        listenerCells = new long[cells[BandwidthScope.LISTENER.ordinal()]];
        Arrays.fill(listenerCells, now);
        maxOfSource = config.maxConcurrent(Scope.SOURCE);
        maxOfListener = config.maxConcurrent(Scope.LISTENER);
        int cellsPerSource = cells[BandwidthScope.SOURCE.ordinal()];
        tableSize = config.tableSize();
        sources = cellsPerSource > 0 || maxOfSource < Integer.MAX_VALUE
                ? new SourceTable(tableSize, cellsPerSource, environment::nanoTime)
                : null;
        nextLog = new AtomicLong(now);
    }

    /**
     * Makes the rates, those of sources first: when two loops decide at once, connections beyond the rate of a source
     * should not take tokens from all.
     */
    private static ConnectionLimit[] rates(RateLimitConfig config, int[] cells) {
        return config.connections().stream().sorted(Comparator.comparing(ConnectionRate::per)).map(limit -> {
            BandwidthScope per = limit.per() == Scope.SOURCE ? BandwidthScope.SOURCE : BandwidthScope.LISTENER;
            return new ConnectionLimit(TokenBucket.ofConnections(limit.rate(), limit.burst()), limit.per(),
                    cells[per.ordinal()]++, limit.maxWaitNanos(), limit.rate().toString());
        }).toArray(ConnectionLimit[]::new);
    }

    // ── connections ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Finds a place for a connection, to be left again. Negative if there is none: see {@link #refuse}. */
    int enter(ConnectionInfo connection) {
        int place = sources == null ? 0 : sources.hold(connection.source(), maxOfSource);
        if (place >= 0 && !open()) {
            release(place);
            return LISTENER_AT_MAXIMUM;
        }
        return place;
    }

    private boolean open() {
        if (maxOfListener == Integer.MAX_VALUE) {
            return true;
        }
        for (int now = open.get(); now < maxOfListener; now = open.get()) {
            if (open.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Frees a place. */
    void leave(int place) {
        if (maxOfListener < Integer.MAX_VALUE) {
            open.decrementAndGet();
        }
        release(place);
    }

    private void release(int place) {
        if (sources != null) {
            sources.release(place);
        }
    }

    /** Refuses a connection that has no place, with the reason. */
    ConnectDecision refuse(int noPlace, ConnectionContext context) {
        return switch (noPlace) {
            case SourceTable.AT_MAXIMUM -> reject(context, name(context.source()) + " has " + maxOfSource
                    + " connections, its maximum");
            case LISTENER_AT_MAXIMUM -> reject(context, "the listener has " + maxOfListener
                    + " connections, its maximum");
            default -> {
                logFull();
                yield reject(context, "no room for another source: tableSize " + tableSize);
            }
        };
    }

    private static ConnectDecision reject(ConnectionContext context, String reason) {
        context.explain(reason);
        return ConnectDecision.REJECT;
    }

    private void logFull() {
        long refused = refusedAsFull.incrementAndGet();
        long now = environment.nanoTime();
        long next = nextLog.get();
        if (now - next >= 0 && nextLog.compareAndSet(next, now + LOG_INTERVAL_NANOS)) {
            environment.logger().log(System.Logger.Level.WARNING,
                    "the table of sources is full: connections of further sources are refused, " + refused
                            + " so far. Each of its " + tableSize + " sources has open connections or was active a"
                            + " moment ago. Raise tableSize if these are real clients.");
        }
    }

    /**
     * Decides whether a connection that has a place is within the rates. Takes a token from every bucket, or none from
     * any.
     */
    ConnectDecision pace(ConnectionContext context, int place) {
        long now = environment.nanoTime();
        for (ConnectionLimit limit : rates) {
            if (limit.bucket().waitFor(cells(limit), cell(limit, place), now) > limit.maxWaitNanos()) {
                return tooEarly(limit, context);
            }
        }
        long longest = 0;
        for (ConnectionLimit limit : rates) {
            long wait = limit.bucket().take(cells(limit), cell(limit, place), now, limit.maxWaitNanos());
            if (wait == TokenBucket.TOO_LONG) {
                return tooEarly(limit, context);
            }
            longest = Math.max(longest, wait);
        }
        if (longest == 0) {
            return ConnectDecision.ACCEPT;
        }
        // The wait is counted from the time of the event, and that may be a little older.
        Duration wait = Duration.ofNanos(now + longest - context.nanoTime());
        context.suspend(wait, Answer.accept());
        return ConnectDecision.SUSPEND;
    }

    private static ConnectDecision tooEarly(ConnectionLimit limit, ConnectionContext context) {
        String limited = limit.per() == Scope.SOURCE ? name(context.source()) : "the listener";
        return reject(context, limited + " above " + limit.rate());
    }

    private static String name(@Nullable IpAddress source) {
        if (source == null) {
            return "clients without an address";
        }
        return "source " + (source.isIpv4() ? source : new Cidr(new IpAddress(source.high(), 0), 64));
    }

    private long[] cells(ConnectionLimit limit) {
        return limit.per() == Scope.SOURCE && sources != null ? sources.cells() : listenerCells;
    }

    private int cell(ConnectionLimit limit, int place) {
        return limit.per() == Scope.SOURCE && sources != null ? sources.firstCell(place) + limit.cell() : limit.cell();
    }

    // ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** {@return whether bytes are limited at all} */
    boolean gated() {
        return toUpstream.length + toClient.length > 0;
    }

    /** {@return whether a connection keeps its place while it is open, or has buckets of its own} */
    boolean remembersConnections() {
        return maxOfSource < Integer.MAX_VALUE || maxOfListener < Integer.MAX_VALUE || hasGateOf(BandwidthScope.SOURCE)
                || hasGateOf(BandwidthScope.CONNECTION);
    }

    private boolean hasGateOf(BandwidthScope scope) {
        return Arrays.stream(toUpstream).anyMatch(gate -> gate.per() == scope)
                || Arrays.stream(toClient).anyMatch(gate -> gate.per() == scope);
    }

    /** {@return buckets for one connection, to be filled when it begins} */
    long[] newCells() {
        return cellsPerConnection == 0 ? NONE : new long[cellsPerConnection];
    }

    private Gate[] gates(Direction direction) {
        return direction == Direction.CLIENT_TO_UPSTREAM ? toUpstream : toClient;
    }

    /**
     * See {@link dev.sluice.api.ReadGate#permits}.
     *
     * @param own those of {@link #newCells}
     */
    int permits(Direction direction, int wanted, long now, int place, long[] own) {
        int permitted = wanted;
        for (Gate gate : gates(direction)) {
            permitted = gate.bucket().permits(cells(gate, own), cell(gate, place), permitted, now);
            if (permitted == 0) {
                return 0;
            }
        }
        return permitted;
    }

    /** See {@link dev.sluice.api.ReadGate#retryAtNanos}. */
    long retryAt(Direction direction, long now, int place, long[] own) {
        long wait = 0;
        for (Gate gate : gates(direction)) {
            wait = Math.max(wait, gate.bucket().opensAt(cells(gate, own), cell(gate, place)) - now);
        }
        return now + wait;
    }

    /** See {@link dev.sluice.api.ReadGate#consumed}. */
    void consumed(Direction direction, int bytes, long now, int place, long[] own) {
        for (Gate gate : gates(direction)) {
            gate.bucket().consume(cells(gate, own), cell(gate, place), bytes, now);
        }
    }

    private long[] cells(Gate gate, long[] own) {
        return switch (gate.per()) {
            case CONNECTION -> own;
            case SOURCE -> sources == null ? NONE : sources.cells();
            case LISTENER -> listenerCells;
        };
    }

    private int cell(Gate gate, int place) {
        return gate.per() == BandwidthScope.SOURCE && sources != null
                ? sources.firstCell(place) + gate.cell()
                : gate.cell();
    }
}
