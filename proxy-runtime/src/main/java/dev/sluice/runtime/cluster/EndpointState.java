package dev.sluice.runtime.cluster;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.cluster.EndpointWord.Checked;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.proxyprotocol.SentHeader;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * The running state of one address of a cluster: its connections, and what connections, health checks and operators say
 * of it. Outlives configurations: there is one for each cluster and address as long as the address is configured or has
 * connections.
 *
 * <p>Any thread. Times are {@link System#nanoTime()}. {@link EndpointWord} has the table of states, the package
 * documentation the diagram of those that follow from connections.
 */
public final class EndpointState {
    /** The time for which an endpoint is avoided after a connection to it failed. */
    public static final Duration FAIL_WINDOW = Duration.ofSeconds(10);

    private final ClusterState cluster;
    private final SocketAddress address;
    private final String label;
    private final long identity;
    private final ConnectionLimit limit;
    private final Belief belief = new Belief();
    private final CheckState checks = new CheckState();
    /** The last failure of a connection. */
    private volatile @Nullable String failureReason;
    private volatile @Nullable OperatorDrain drain;
    /** Whether connections to it are refused without asking it. */
    private volatile boolean refusing;
    private volatile SentHeader header = SentHeader.NONE;
    private final GrowingShare share = new GrowingShare();
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

    /** The PROXY header with which connections to it begin. */
    public SentHeader header() {
        return header;
    }

    void header(SentHeader next) {
        header = next;
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
     * Reports that a connect succeeded. The endpoint is up if it was on trial.
     *
     * @return whether a failure stood until now
     */
    public boolean connectSucceeded(long nowNanos) {
        connects.getAndIncrement();
        boolean recovered = belief.succeeded(nowNanos);
        if (recovered && cluster.rules().ejection().caps()) {
            cluster.startSlowly(this, nowNanos);
        }
        return recovered;
    }

    /**
     * Reports that the endpoint refused, was unreachable or stayed silent until the deadline. By the rule of the
     * cluster it is avoided from now on.
     *
     * @param reason in words
     * @return whether it is avoided now, and no failure stood until now
     */
    public boolean connectFailed(String reason, long nowNanos) {
        connectFailures.getAndIncrement();
        failureReason = reason;
        cluster.connectFailed(address);
        return failure(false, nowNanos);
    }

    /**
     * Reports that the endpoint closed a connection at once, without having sent a byte. Counts as a failure if the
     * cluster has a rule for ejections.
     *
     * @return whether it is avoided now, and no failure stood until now
     */
    public boolean closedEarly(long nowNanos) {
        if (!cluster.rules().ejection().caps()) {
            return false;
        }
        failureReason = "it closes connections at once";
        return failure(true, nowNanos);
    }

    /** Reports that a connection did not end at once. */
    public void lasted() {
        belief.lasted();
    }

    private boolean failure(boolean early, long nowNanos) {
        Ejection rule = cluster.rules().ejection();
        if (!belief.countFailure(rule, early, nowNanos)) {
            return false;
        }
        if (!rule.caps()) {
            return belief.eject(rule, early, identity, nowNanos);
        }
        return cluster.eject(this, belief.isUp(),
                () -> belief.eject(rule, early, Mix.mix(identity ^ nowNanos), nowNanos));
    }

    /** Whether connections have failed, and the failure was not revoked by a success. */
    public boolean failed() {
        return !belief.isUp();
    }

    /** The time for which it is still avoided after failures, in nanoseconds; 0 and less = it is not. */
    public long avoidedFor(long nowNanos) {
        return belief.avoidedFor(nowNanos);
    }

    /**
     * Whether connections say that it may be chosen: none has failed, or the time for which it is avoided is over and
     * no other connection is trying it.
     */
    public boolean believedUp(long nowNanos) {
        return belief.mayBeTried(nowNanos);
    }

    /** The result of its health checks. */
    Checked checked() {
        return checks.verdict();
    }

    /** The reason for which health checks find it down; null = they do not. */
    public @Nullable String downReason() {
        return checks.downReason();
    }

    /** The command that keeps new connections from it; null = there is none. */
    public @Nullable OperatorDrain drain() {
        return drain;
    }

    /**
     * Keeps new connections from it, or ends that with null. One thread at a time.
     *
     * @return whether they were not kept from it until now, or were until now
     */
    public boolean drain(@Nullable OperatorDrain command, long nowNanos) {
        boolean change = (drain == null) != (command == null);
        drain = command;
        if (change) {
            if (command == null) {
                cluster.startSlowly(this, nowNanos);
            }
            cluster.changed();
        }
        return change;
    }

    public boolean refusing() {
        return refusing;
    }

    /** Lets connections to it fail, or ends that and forgets the failures. @return whether that is a change */
    public boolean refuse(boolean refuse, long nowNanos) {
        boolean change = refusing != refuse;
        refusing = refuse;
        if (change && !refuse) {
            belief.forget(nowNanos);
            cluster.changed();
        }
        return change;
    }

    /** Notes that it serves from now on and did not before: what operators and checks said of it then is over. */
    void arrived() {
        drain = null;
        refusing = false;
        checks.reset();
    }

    /** Notes whether there are health checks of it from now on. The last verdict stands while they go on. */
    void checks(boolean any) {
        checks.enable(any);
    }

    /** Notes that it came beside others that served already: its share grows, from its first passed check on if it is checked. */
    void added(long nowNanos) {
        if (!checks.awaitSuccess()) {
            cluster.startSlowly(this, nowNanos);
        }
    }

    /**
     * Reports that health checks find it up.
     *
     * @return whether they found it down until now
     */
    public boolean checkedUp(long nowNanos) {
        Checked before = checks.verdict();
        if (before == Checked.NONE || before == Checked.UP) {
            return false;
        }
        if (before == Checked.DOWN || checks.awaitsSuccess()) {
            cluster.startSlowly(this, nowNanos);
        }
        if (!checks.up(before)) {
            return false;
        }
        cluster.changed();
        return before == Checked.DOWN;
    }

    /**
     * Reports that health checks find it down.
     *
     * @return whether they did not until now
     */
    public boolean checkedDown(String reason) {
        checks.failed(reason);
        Checked before = checks.verdict();
        if (before == Checked.NONE || before == Checked.DOWN || !checks.down(before)) {
            return false;
        }
        share.whole();
        cluster.changed();
        return true;
    }

    /** The last failure of a connection, in words; null = there was none. */
    public @Nullable String failureReason() {
        return failureReason;
    }

    /** Whether connections fail in a row, whether or not it may be ejected. */
    public boolean failing() {
        return belief.failing(cluster.rules().ejection());
    }

    /** Notes the reason of the last check that has failed. */
    public void checkFailed(String reason) {
        checks.failed(reason);
    }

    /** Reports one health check of the port that clients use: passed ones may end an ejection. */
    public void checkedOnce(boolean passed, long nowNanos) {
        if (passed) {
            belief.checkPassed(cluster.rules().ejection(), nowNanos);
        } else {
            belief.checkFailed();
        }
    }

    /** Counts a health check that had this result. */
    public void countCheck(String result) {
        checks.count(result);
    }

    /** Health checks so far, by result. */
    public Map<String, Long> checkCounts() {
        return checks.counts();
    }

    /** Lets its share grow from now on. */
    void startSlowly(long nowNanos) {
        share.grow(nowNanos);
    }

    /** Its share of what its weight promises, above 0 and at most 1. */
    double share(long nowNanos) {
        return share.at(nowNanos, cluster.rules().slowStartNanos());
    }

    /** Whether its share grows. */
    boolean slow() {
        return share.grows();
    }

    /** Its state in one word. */
    public EndpointWord word(long nowNanos) {
        boolean slow = share.grows() && share(nowNanos) < 1;
        return EndpointWord.of(drain != null, checks.verdict(), belief.phase(nowNanos), slow);
    }

    /**
     * Whether operators and health checks let it be chosen.
     *
     * @param mode of its tier
     */
    boolean admitted(Tier.Mode mode) {
        return drain == null && checks.admit(mode);
    }

    /** Whether it may be tried when nothing better is left. */
    boolean admittedLast(Tier.Mode mode) {
        return drain == null && checks.admitLast(mode);
    }

    /** Gives back the connection that {@link Cluster#acquire} reserved here and on the cluster. */
    public void release() {
        limit.release();
        cluster.limit().release();
        cluster.queue().wake();
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

    /** Whether its last failure or trial was longer ago than the other's. Meaningful only for endpoints that are avoided. */
    boolean avoidedLongerThan(EndpointState other) {
        return belief.avoidedLongerThan(other.belief);
    }

    /** Reserves a connection if the endpoint has room and connections say that it is up; takes its trial if that is due. */
    boolean reserve(long nowNanos) {
        if (!belief.mayBeTried(nowNanos) || !limit.tryAcquire()) {
            return false;
        }
        if (belief.take(nowNanos)) {
            return true;
        }
        limit.release();
        return false;
    }

    /** Reserves a connection if the endpoint has room, avoided or not. */
    boolean reserveLastResort(long nowNanos) {
        if (!limit.tryAcquire()) {
            return false;
        }
        belief.takeAsLastResort(nowNanos);
        return true;
    }
}
