package dev.sluice.runtime.cluster;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.cluster.ConnectAttempts.Failure;
import dev.sluice.runtime.observe.CertificateView;
import dev.sluice.runtime.observe.ClusterView;
import dev.sluice.runtime.observe.ConnectTotals;
import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.UpstreamTls;
import org.jspecify.annotations.Nullable;

/**
 * A named set of endpoints that serve the same thing, in one configuration generation. Any thread; see the package for the order in which
 * endpoints are chosen.
 */
public final class Cluster {
    private final ClusterState state;
    private volatile EndpointSet endpoints;
    private final ConnectPolicy policy;
    private final @Nullable UpstreamTls tls;

    /** A cluster whose endpoints have their states in {@code state}, and are spoken to in plaintext. */
    public Cluster(ClusterState state, EndpointSet endpoints, ConnectPolicy policy) {
        this(state, endpoints, policy, null);
    }

    /**
     * A cluster whose endpoints have their states in {@code state}.
     *
     * @param tls rules about the TLS of connections to them; null = there is none
     */
    public Cluster(ClusterState state, EndpointSet endpoints, ConnectPolicy policy, @Nullable UpstreamTls tls) {
        this.state = state;
        this.endpoints = endpoints;
        this.policy = policy;
        this.tls = tls;
    }

    /** The name that configuration, logs and metrics use. */
    public String name() {
        return state.name();
    }

    /** The running state, which outlives this generation. */
    public ClusterState state() {
        return state;
    }

    /** The endpoints that connections are sent to now. */
    public EndpointSet endpoints() {
        return endpoints;
    }

    /** Replaces the endpoints that connections are sent to. */
    public void endpoints(EndpointSet found) {
        endpoints = found;
    }

    /** The bounds of the search for an endpoint. */
    public ConnectPolicy policy() {
        return policy;
    }

    /** Rules about the TLS of connections to the endpoints; null = there is none. */
    public @Nullable UpstreamTls tls() {
        return tls;
    }

    /**
     * Chooses an endpoint that is not among the {@code attempts}, reserves a connection on it and on the cluster, and adds it to them.
     *
     * @param attempts of one connection, all made among the endpoints that the cluster had at the first attempt
     * @param clientHash equal for connections that source hashing shall send to the same endpoint; need not be well mixed
     * @return the endpoint, to be released exactly once; or null for the reason in {@link ConnectAttempts#failure}, and then nothing is
     *         reserved
     */
    public @Nullable EndpointState acquire(ConnectAttempts attempts, long clientHash, long nowNanos) {
        return acquire(endpoints, attempts, clientHash, nowNanos);
    }

    /**
     * Chooses for a client that has waited in the queue: as {@link #acquire}, but among the endpoints that the cluster has
     * now in whatever configuration, because those from before may have left meanwhile.
     */
    public @Nullable EndpointState acquireInTurn(ConnectAttempts attempts, long clientHash, long nowNanos) {
        return acquire(served(), attempts, clientHash, nowNanos);
    }

    private EndpointSet served() {
        EndpointSet current = state.current();
        return current == null ? endpoints : current;
    }

    private @Nullable EndpointState acquire(EndpointSet from, ConnectAttempts attempts, long clientHash,
            long nowNanos) {
        EndpointSet among = attempts.among(from);
        if (among.size() == 0) {
            return attempts.fail(Failure.NO_ENDPOINT);
        }
        if (attempts.count() == among.size()) {
            return attempts.fail(Failure.ALL_TRIED);
        }
        if (!state.limit().tryAcquire()) {
            return attempts.fail(Failure.FULL);
        }
        EndpointState chosen = among.acquire(attempts, clientHash, nowNanos);
        if (chosen != null) {
            return chosen;
        }
        state.limit().release();
        return attempts.fail(among.failure(attempts));
    }

    /**
     * What a client that came now would get, at its first attempt; nothing changes by it. A client that comes between
     * this and the next one may change it.
     *
     * @param clientHash as for {@link #acquire}
     */
    public Choice preview(long clientHash, long nowNanos) {
        EndpointSet among = endpoints;
        // A new client stands behind those that wait, whatever there is then.
        boolean queued = state.queue().length() > 0;
        if (!queued && among.size() == 0) {
            return Choice.of(Choice.Kind.NO_ENDPOINT);
        }
        Choice choice = queued || !state.limit().hasRoom()
                ? Choice.of(Choice.Kind.FULL)
                : among.preview(new ConnectAttempts(), clientHash, nowNanos);
        if (choice.kind() != Choice.Kind.FULL || policy.queueMax() == 0) {
            return choice;
        }
        return Choice.of(state.queue().length() < policy.queueMax() ? Choice.Kind.QUEUED : Choice.Kind.QUEUE_FULL);
    }

    /** Whether {@link #acquireInTurn} would now find an endpoint that is believed up and has room. */
    public boolean hasPlace(long nowNanos) {
        return state.limit().hasRoom() && served().usable(nowNanos);
    }

    /** The cluster for admin responses and metrics. */
    public ClusterView view() {
        long now = System.nanoTime();
        EndpointSet set = endpoints;
        boolean panic = set.panics();
        Identity shown = tls == null ? null : tls.client().identity();
        List<EndpointView> views = new ArrayList<>(
                set.list().stream().map(endpoint -> endpoint.view(panic, now)).toList());
        state.removed().forEach(gone -> views.add(Endpoint.removed(gone, now)));
        return new ClusterView(name(), set.balancer().label(), state.limit().active(), state.limit().max(),
                List.copyOf(views), panic, state.queue().length(), ConnectTotals.sum(state.counters()), null,
                shown == null ? null : CertificateView.of(shown));
    }
}
