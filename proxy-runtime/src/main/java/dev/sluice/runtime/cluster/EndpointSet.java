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

    /**
     * What {@link #acquire} would do now for a connection that has tried nothing; nothing changes by it.
     *
     * @param untried empty, and belongs to the caller
     */
    Choice preview(ConnectAttempts untried, long clientHash, long nowNanos) {
        for (Tier tier : tiers) {
            int picked = tier.preview(untried, clientHash, nowNanos);
            if (picked == Tier.DRAWN) {
                return Choice.of(Choice.Kind.DRAWN);
            } else if (picked != Tier.NONE) {
                return new Choice(Choice.Kind.ENDPOINT, tier.endpoint(picked).state());
            }
        }
        int last = Tier.NONE;
        for (int i = 0; i < numbered.length; i++) {
            EndpointState endpoint = numbered[i].state();
            boolean admitted = endpoint.admittedLast(modeOf(i));
            if (admitted && isGood(i, nowNanos)) {
                // The tiers would have offered it if it had room.
                return Choice.of(Choice.Kind.FULL);
            }
            if (admitted && endpoint.hasRoom() && (last == Tier.NONE || isBefore(endpoint, numbered[last].state()))) {
                last = i;
            }
        }
        if (last != Tier.NONE) {
            return new Choice(Choice.Kind.ENDPOINT, numbered[last].state());
        }
        return Choice.of(failure(untried) == ConnectAttempts.Failure.FULL ? Choice.Kind.FULL : Choice.Kind.NONE_USABLE);
    }

    /** Whether an endpoint would be chosen as usual, and has room. */
    boolean usable(long nowNanos) {
        for (int i = 0; i < numbered.length; i++) {
            if (isGood(i, nowNanos) && numbered[i].state().hasRoom()) {
                return true;
            }
        }
        return false;
    }

    /** Whether so few primaries are up that health checks do not count. */
    boolean panics() {
        return tiers.length > 0 && tiers[0].mode().panic();
    }

    /** The reason why nothing was acquired. */
    ConnectAttempts.Failure failure(ConnectAttempts attempts) {
        for (int i = 0; i < numbered.length; i++) {
            EndpointState state = numbered[i].state();
            if (!attempts.contains(i) && state.admittedLast(modeOf(i)) && !state.hasRoom()) {
                return ConnectAttempts.Failure.FULL;
            }
        }
        return attempts.count() > 0 ? ConnectAttempts.Failure.ALL_TRIED : ConnectAttempts.Failure.NO_ENDPOINT;
    }

    private Tier.Mode modeOf(int i) {
        return (i < tiers[0].size() ? tiers[0] : tiers[1]).mode();
    }

    private boolean isGood(int i, long nowNanos) {
        EndpointState state = numbered[i].state();
        return state.admitted(modeOf(i)) && state.believedUp(nowNanos);
    }

    /**
     * The untried endpoint that was avoided for longest, or one that no check has passed yet; null if there is none, or
     * if a good one is full.
     */
    private @Nullable EndpointState lastResort(ConnectAttempts attempts, long nowNanos) {
        for (int attempt = 0; attempt < numbered.length; attempt++) {
            int last = Tier.NONE;
            for (int i = 0; i < numbered.length; i++) {
                EndpointState endpoint = numbered[i].state();
                if (attempts.contains(i) || !endpoint.admittedLast(modeOf(i))) {
                    continue;
                }
                boolean good = isGood(i, nowNanos);
                if (good && endpoint.reserve(nowNanos)) {
                    // Another connection's success brought it up since the tiers were looked at.
                    return attempts.add(i, endpoint);
                }
                if (good && !endpoint.hasRoom()) {
                    return null;
                }
                if (endpoint.hasRoom() && (last == Tier.NONE || isBefore(endpoint, numbered[last].state()))) {
                    last = i;
                }
            }
            if (last == Tier.NONE) {
                return null;
            }
            EndpointState endpoint = numbered[last].state();
            if (endpoint.reserveLastResort(nowNanos)) {
                return attempts.add(last, endpoint);
            }
        }
        return null;
    }

    /** Whether an endpoint is tried before another one, when both are kept from clients as long as there are better ones. */
    private static boolean isBefore(EndpointState one, EndpointState other) {
        if (other.failed()) {
            return !one.failed() || one.avoidedLongerThan(other);
        }
        return false;
    }
}
