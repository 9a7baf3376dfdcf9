package dev.sluice.runtime.cluster;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a cluster at one moment, prepared for the choice among them. Immutable but for the cursors of its balancer; any thread.
 *
 * <p>{@link ConnectAttempts} count in the order of one set, so a connection that is connecting keeps the set with which it began.
 */
public final class EndpointSet {
    private final List<Endpoint> endpoints;
    private final LoadBalancer balancer;
    /** The endpoints by the numbers that {@link ConnectAttempts} use: primaries before backups. */
    private final Endpoint[] numbered;
    private final Tier[] tiers;

    /** A set of endpoints of one cluster, in the order of the configuration. */
    public EndpointSet(List<Endpoint> endpoints, LoadBalancer balancer) {
        this.endpoints = List.copyOf(endpoints);
        this.balancer = balancer;
        List<Endpoint> inOrder = new ArrayList<>();
        List<Tier> tiersInUse = new ArrayList<>();
        for (boolean backups : new boolean[]{false, true}) {
            List<Endpoint> members = new ArrayList<>();
            for (Endpoint endpoint : this.endpoints) {
                if (endpoint.backup() == backups) {
                    members.add(endpoint);
                }
            }
            if (!members.isEmpty()) {
                tiersInUse.add(new Tier(members.toArray(new Endpoint[0]), inOrder.size(), balancer::over));
                inOrder.addAll(members);
            }
        }
        this.numbered = inOrder.toArray(new Endpoint[0]);
        this.tiers = tiersInUse.toArray(new Tier[0]);
    }

    /** The endpoints in the order of the configuration; immutable. */
    public List<Endpoint> list() {
        return endpoints;
    }

    /** The way in which connections are spread. */
    public LoadBalancer balancer() {
        return balancer;
    }

    int size() {
        return numbered.length;
    }

    /** Reserves a connection on an endpoint that has not been tried and marks it tried; null if each is full. */
    @Nullable
    EndpointState acquire(ConnectAttempts attempts, long clientHash, long nowNanos) {
        for (Tier tier : tiers) {
            EndpointState chosen = tier.acquire(attempts, clientHash, nowNanos);
            if (chosen != null) {
                return chosen;
            }
        }
        return lastResort(attempts, nowNanos);
    }

    /** Whether an endpoint is believed up and has room. */
    boolean usable(long nowNanos) {
        for (Endpoint endpoint : numbered) {
            if (endpoint.state().believedUp(nowNanos) && endpoint.state().hasRoom()) {
                return true;
            }
        }
        return false;
    }

    /** The untried endpoint that was avoided for longest; null if all are full, or if one is up, which is full then. */
    private @Nullable EndpointState lastResort(ConnectAttempts attempts, long nowNanos) {
        for (int attempt = 0; attempt < numbered.length; attempt++) {
            int oldest = Tier.NONE;
            boolean upButFull = false;
            for (int i = 0; i < numbered.length; i++) {
                EndpointState endpoint = numbered[i].state();
                if (attempts.contains(i)) {
                    continue;
                }
                if (!endpoint.hasRoom()) {
                    upButFull |= endpoint.believedUp(nowNanos);
                } else if (endpoint.reserve(nowNanos)) {
                    // Another connection's success brought it up since the tiers were looked at.
                    return attempts.add(i, endpoint);
                } else if (oldest == Tier.NONE || endpoint.avoidedLongerThan(numbered[oldest].state())) {
                    oldest = i;
                }
            }
            if (oldest == Tier.NONE || upButFull) {
                return null;
            }
            EndpointState endpoint = numbered[oldest].state();
            if (endpoint.reserveLastResort(nowNanos)) {
                return attempts.add(oldest, endpoint);
            }
        }
        return null;
    }
}
