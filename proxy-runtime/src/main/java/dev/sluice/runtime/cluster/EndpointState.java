package dev.sluice.runtime.cluster;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.transport.AddressText;

/**
 * The running state of one address of a cluster: its connections, and the belief whether it accepts more. Outlives
 * configurations: there is one for each cluster and address as long as the address is configured or has connections.
 *
 * <p>Any thread. Times are {@link System#nanoTime()}; the package documentation has the state diagram.
 */
public final class EndpointState {
    /** The time for which an endpoint is avoided after a connection to it failed. */
    public static final Duration FAIL_WINDOW = Duration.ofSeconds(10);

    /**
     * The {@link #belief} in an endpoint without a recent failure. Other values are the time until which it is avoided,
     * with flags in the low bits.
     */
    private static final long UP = 0;
    private static final long AVOIDED = 1;
    private static final long ON_TRIAL = 2;
    private static final long FLAGS = 3;
    private static final long WINDOW_NANOS = FAIL_WINDOW.toNanos();

    private final ClusterState cluster;
    private final SocketAddress address;
    private final String label;
    private final long identity;
    private final ConnectionLimit limit;
    private final AtomicLong belief = new AtomicLong(UP);
    private final LogThrottle localPortReports = new LogThrottle(Duration.ofSeconds(10));
    private final AtomicLong connects = new AtomicLong();
    private final AtomicLong connectFailures = new AtomicLong();

    /** An endpoint that is believed up and has no limit yet. */
    EndpointState(ClusterState cluster, SocketAddress address) {
        this.cluster = cluster;
        this.address = address;
        this.label = AddressText.of(address);
        this.identity = Mix.hash(label);
        this.limit = new ConnectionLimit("endpoint " + label + " of cluster " + cluster.name());
    }

    /** The cluster that it belongs to. */
    public ClusterState cluster() {
        return cluster;
    }

    /** The address to connect to. */
    public SocketAddress address() {
        return address;
    }

    /** The address as configuration writes it: {@code 10.0.0.1:443}, {@code [::1]:443}, {@code unix:/run/app.sock}. */
    public String label() {
        return label;
    }

    /** The limit of its connections. Counts those that were acquired and not yet released, those still connecting included. */
    public ConnectionLimit limit() {
        return limit;
    }

    /** The throttle of the message that no local port is left for connections to it. */
    public LogThrottle localPortReports() {
        return localPortReports;
    }

    /** Connections acquired and not yet released, those still connecting included. */
    public int active() {
        return limit.active();
    }

    /** The number of calls of {@link #connectSucceeded}. */
    public long connects() {
        return connects.get();
    }

    /** The number of calls of {@link #connectFailed}. */
    public long connectFailures() {
        return connectFailures.get();
    }

    /**
     * Reports that a connection came about. The endpoint is up if it was on trial.
     *
     * @return whether a failure stood until now
     */
    public boolean connectSucceeded(long nowNanos) {
        connects.getAndIncrement();
        long seen = belief.get();
        // If this loses against another report, that report is as new as this one.
        return seen != UP && ((seen & ON_TRIAL) != 0 || mayBeTried(seen, nowNanos))
                && belief.compareAndSet(seen, UP);
    }

    /**
     * Reports that the endpoint refused, was unreachable or stayed silent until the deadline: it is avoided for one
     * window from now.
     *
     * @return whether no failure stood until now
     */
    public boolean connectFailed(long nowNanos) {
        connectFailures.getAndIncrement();
        return belief.getAndSet(avoidedFrom(nowNanos)) == UP;
    }

    /**
     * Whether the endpoint may be chosen as usual: it has not failed, or its window is over and no other connection is
     * trying it.
     */
    public boolean believedUp(long nowNanos) {
        return mayBeTried(belief.get(), nowNanos);
    }

    /**
     * Whether its last failure still stands, not revoked by a success. Metrics show this value: unlike
     * {@link #believedUp} it does not change when a window ends or a trial begins, only when one is decided, so at most
     * twice per window.
     */
    public boolean failed() {
        return belief.get() != UP;
    }

    /** Gives back the connection that {@link Cluster#acquire} reserved here and on the cluster. */
    public void release() {
        limit.release();
        cluster.limit().release();
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
        return limit.hasRoom();
    }

    /**
     * Whether its last failure or trial was longer ago than the other's. Meaningful only for endpoints that are
     * avoided.
     */
    boolean avoidedLongerThan(EndpointState other) {
        return belief.get() - other.belief.get() < 0;
    }

    /** Reserves a connection if the endpoint has room and is believed up; takes its trial if that is due. */
    boolean reserve(long nowNanos) {
        long seen = belief.get();
        if (!mayBeTried(seen, nowNanos) || !limit.tryAcquire()) {
            return false;
        }
        if (seen == UP || belief.compareAndSet(seen, avoidedFrom(nowNanos) | ON_TRIAL)) {
            return true;
        }
        limit.release();
        return false;
    }

    /** Reserves a connection if the endpoint has room, up or not. */
    boolean reserveLastResort(long nowNanos) {
        if (!limit.tryAcquire()) {
            return false;
        }
        long seen = belief.get();
        if (seen != UP) {
            // If this loses against a report or another last resort, the belief is fresh, and this connection goes
            // ahead anyway.
            belief.compareAndSet(seen, avoidedFrom(nowNanos) | ON_TRIAL);
        }
        return true;
    }

    private static long avoidedFrom(long nowNanos) {
        return ((nowNanos + WINDOW_NANOS) & ~FLAGS) | AVOIDED;
    }

    private static boolean mayBeTried(long belief, long nowNanos) {
        return belief == UP || (belief & ~FLAGS) - nowNanos <= 0;
    }
}
