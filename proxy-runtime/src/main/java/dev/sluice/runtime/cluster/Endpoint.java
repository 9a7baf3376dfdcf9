package dev.sluice.runtime.cluster;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.transport.AddressText;

/**
 * One address of a {@link Cluster}: how many connections it has, and whether it is believed to accept more.
 *
 * <p>Belongs to one cluster. Any thread. Times are {@link System#nanoTime()}; the package documentation has the state diagram.
 */
public final class Endpoint {
    /** For how long an endpoint is avoided after a connection to it failed. */
    public static final Duration FAIL_WINDOW = Duration.ofSeconds(10);
    /** The largest weight; the smallest is 1. */
    public static final int MAX_WEIGHT = 256;

    /** {@link #state} of an endpoint with nothing against it. Otherwise: until when it is avoided, with its low bits as flags. */
    private static final long UP = 0;
    private static final long AVOIDED = 1;
    private static final long ON_TRIAL = 2;
    private static final long FLAGS = 3;

    private final SocketAddress address;
    private final String label;
    private final long identity;
    private final int weight;
    private final boolean backup;
    private final long windowNanos;
    private final ConnectionLimit connections;
    private final AtomicLong state = new AtomicLong(UP);
    private final AtomicLong connects = new AtomicLong();
    private final AtomicLong connectFailures = new AtomicLong();
    private final LogThrottle localPortReports = new LogThrottle(Duration.ofSeconds(10));

    /** An endpoint with the usual {@link #FAIL_WINDOW}. */
    public Endpoint(SocketAddress address, int weight, int maxConnections, boolean backup) {
        this(address, weight, maxConnections, backup, FAIL_WINDOW);
    }

    /**
     * An endpoint that is believed up.
     *
     * @param weight its share among the endpoints of its cluster, 1 to {@value #MAX_WEIGHT}
     * @param maxConnections the most connections at one time; 0 for no limit
     * @param backup whether it is used only when no other endpoint can be
     * @param failWindow for how long it is avoided after a failure
     */
    public Endpoint(SocketAddress address, int weight, int maxConnections, boolean backup, Duration failWindow) {
        this.address = address;
        this.label = AddressText.of(address);
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "endpoint " + label + ": weight is " + weight + "; allowed are 1 to " + MAX_WEIGHT);
        }
        if (maxConnections < 0) {
            throw new IllegalArgumentException(
                    "endpoint " + label + ": maxConnections is " + maxConnections
                            + "; allowed are 1 and more, or 0 for no limit");
        }
        if (!failWindow.isPositive()) {
            throw new IllegalArgumentException(
                    "endpoint " + label + ": the fail window is " + failWindow + "; it must be positive");
        }
        this.identity = Mix.hash(label);
        this.weight = weight;
        this.backup = backup;
        this.windowNanos = failWindow.toNanos();
        this.connections = new ConnectionLimit(maxConnections);
    }

    /** Where to connect to. */
    public SocketAddress address() {
        return address;
    }

    /** The address as configuration writes it: {@code 10.0.0.1:443}, {@code [::1]:443}, {@code unix:/run/app.sock}. */
    public String label() {
        return label;
    }

    /** For the message that no local port is left for connections to it. */
    public LogThrottle localPortReports() {
        return localPortReports;
    }

    /** Its share among the endpoints of its cluster. */
    public int weight() {
        return weight;
    }

    /** Whether it is used only when no other endpoint can be. */
    public boolean backup() {
        return backup;
    }

    /** The most connections at one time; 0 for no limit. */
    public int maxConnections() {
        return connections.max();
    }

    /** Connections acquired and not yet released, those still connecting included. */
    public int active() {
        return connections.active();
    }

    /** How often {@link #connectSucceeded} was reported. */
    public long connects() {
        return connects.get();
    }

    /** How often {@link #connectFailed} was reported. */
    public long connectFailures() {
        return connectFailures.get();
    }

    /** Reports that a connection came about. The endpoint is up if it was on trial. */
    public void connectSucceeded(long nowNanos) {
        connects.getAndIncrement();
        long seen = state.get();
        if ((seen & ON_TRIAL) != 0 || mayBeTried(seen, nowNanos)) {
            // Lost to another report: that one is as new as this one.
            state.compareAndSet(seen, UP);
        }
    }

    /** Reports that the endpoint refused, was unreachable or stayed silent until the deadline: it is avoided for one window from now. */
    public void connectFailed(long nowNanos) {
        connectFailures.getAndIncrement();
        state.set(avoidedFrom(nowNanos));
    }

    /** Whether a connection may be sent here without need: it has not failed, or its window is over and nobody is trying it out. */
    public boolean believedUp(long nowNanos) {
        return mayBeTried(state.get(), nowNanos);
    }

    /**
     * Whether its last failure still stands, not revoked by a success. This is what metrics should show: unlike {@link #believedUp} it
     * does not change when a window ends or a trial begins, only when one is decided, so at most twice per window.
     */
    public boolean failed() {
        return state.get() != UP;
    }

    @Override
    public String toString() {
        return label;
    }

    /** A number that depends on the address only, so that hashing survives a restart and a reordered configuration. */
    long identity() {
        return identity;
    }

    boolean hasRoom() {
        return connections.hasRoom();
    }

    /** Less than 0 if this endpoint would be less loaded than the other after one more connection, in proportion to the weights. */
    int compareLoad(Endpoint other) {
        return Long.compare((active() + 1L) * other.weight, (other.active() + 1L) * weight);
    }

    /** Whether its last failure or trial was longer ago than the other's. Means something for endpoints that are avoided. */
    boolean avoidedLongerThan(Endpoint other) {
        return state.get() - other.state.get() < 0;
    }

    /** Reserves a connection if the endpoint has room and is believed up; wins its trial if that is due. */
    boolean reserve(long nowNanos) {
        long seen = state.get();
        if (!mayBeTried(seen, nowNanos) || !connections.tryReserve()) {
            return false;
        }
        if (seen == UP || state.compareAndSet(seen, avoidedFrom(nowNanos) | ON_TRIAL)) {
            return true;
        }
        release();
        return false;
    }

    /** Reserves a connection if the endpoint has room, whatever is believed of it. */
    boolean reserveLastResort(long nowNanos) {
        if (!connections.tryReserve()) {
            return false;
        }
        long seen = state.get();
        if (seen != UP) {
            // Lost to a report or to another last resort: the state is fresh, and this connection needs no permission.
            state.compareAndSet(seen, avoidedFrom(nowNanos) | ON_TRIAL);
        }
        return true;
    }

    void release() {
        connections.release(label);
    }

    private long avoidedFrom(long nowNanos) {
        return ((nowNanos + windowNanos) & ~FLAGS) | AVOIDED;
    }

    private static boolean mayBeTried(long state, long nowNanos) {
        return state == UP || (state & ~FLAGS) - nowNanos <= 0;
    }
}
