package dev.sluice.runtime.cluster;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.cluster.Tried.Failure;
import org.jspecify.annotations.Nullable;

/** A named set of endpoints that serve the same thing. Any thread; see the package for the order in which endpoints are chosen. */
public final class Cluster {
    private final String name;
    private final List<Endpoint> endpoints;
    /** As {@link Tried} numbers them: primaries before backups. */
    private final Endpoint[] numbered;
    private final Tier[] tiers;
    private final ConnectionLimit connections;

    /**
     * A cluster that owns its endpoints: they must be in no other.
     *
     * @param maxConnections the most connections at one time over all endpoints; 0 for no limit
     */
    public Cluster(String name, List<Endpoint> endpoints, LoadBalancer balancer, int maxConnections) {
        if (maxConnections < 0) {
            throw new IllegalArgumentException(
                    "cluster " + name + ": maxConnections is " + maxConnections
                            + "; allowed are 1 and more, or 0 for no limit");
        }
        this.name = name;
        this.endpoints = List.copyOf(endpoints);
        this.connections = new ConnectionLimit(maxConnections);
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

    /** The name that configuration, logs and metrics use. */
    public String name() {
        return name;
    }

    /** The endpoints in the order of the configuration; immutable. */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /** Connections acquired and not yet released, those still connecting included. */
    public int active() {
        return connections.active();
    }

    /**
     * Chooses an endpoint that is not in {@code tried}, reserves a connection on it and on the cluster, and adds it to {@code tried}.
     *
     * @param clientHash equal for connections that source hashing shall send to the same endpoint; need not be well mixed
     * @return the endpoint, to be given to {@link #release} exactly once; or null for the reason in {@link Tried#failure}, and then nothing
     *         is reserved
     */
    public @Nullable Endpoint acquire(Tried tried, long clientHash, long nowNanos) {
        if (numbered.length == 0) {
            return tried.fail(Failure.NO_ENDPOINT);
        }
        if (tried.count() == numbered.length) {
            return tried.fail(Failure.ALL_TRIED);
        }
        if (!connections.tryReserve()) {
            return tried.fail(Failure.FULL);
        }
        for (Tier tier : tiers) {
            Endpoint chosen = tier.acquire(tried, clientHash, nowNanos);
            if (chosen != null) {
                return chosen;
            }
        }
        Endpoint chosen = lastResort(tried, nowNanos);
        if (chosen != null) {
            return chosen;
        }
        connections.release(name);
        return tried.fail(Failure.FULL);
    }

    /** Gives back what {@link #acquire} reserved. */
    public void release(Endpoint endpoint) {
        endpoint.release();
        connections.release(name);
    }

    /** Whether {@link #acquire} would now find an endpoint that is believed up and has room. */
    public boolean usable(long nowNanos) {
        if (!connections.hasRoom()) {
            return false;
        }
        for (Endpoint endpoint : numbered) {
            if (endpoint.believedUp(nowNanos) && endpoint.hasRoom()) {
                return true;
            }
        }
        return false;
    }

    /** The untried endpoint that was left alone for longest; null if all are full, or if one is up, which must be full to get here. */
    private @Nullable Endpoint lastResort(Tried tried, long nowNanos) {
        for (int attempt = 0; attempt < numbered.length; attempt++) {
            int oldest = Tier.NONE;
            boolean upButFull = false;
            for (int i = 0; i < numbered.length; i++) {
                Endpoint endpoint = numbered[i];
                if (tried.contains(i)) {
                    continue;
                }
                if (!endpoint.hasRoom()) {
                    upButFull |= endpoint.believedUp(nowNanos);
                } else if (endpoint.reserve(nowNanos)) {
                    // Another connection's success brought it up since the tiers were looked at.
                    return tried.add(i, endpoint);
                } else if (oldest == Tier.NONE || endpoint.avoidedLongerThan(numbered[oldest])) {
                    oldest = i;
                }
            }
            if (oldest == Tier.NONE || upButFull) {
                return null;
            }
            if (numbered[oldest].reserveLastResort(nowNanos)) {
                return tried.add(oldest, numbered[oldest]);
            }
        }
        return null;
    }
}
