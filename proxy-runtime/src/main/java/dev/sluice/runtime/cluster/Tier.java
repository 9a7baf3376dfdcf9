package dev.sluice.runtime.cluster;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/** The primaries or the backups of a cluster: endpoints that are balanced among each other. Not empty. Any thread. */
final class Tier {
    /** No endpoint. */
    static final int NONE = -1;

    private final Endpoint[] endpoints;
    private final int firstIndex;
    private final LoadBalancer.Picker picker;

    /**
     * A tier that takes over the array. In {@link ConnectAttempts} its endpoints are numbered from {@code firstIndex}.
     */
    Tier(Endpoint[] endpoints, int firstIndex, Function<Tier, LoadBalancer.Picker> balancer) {
        this.endpoints = endpoints;
        this.firstIndex = firstIndex;
        this.picker = balancer.apply(this);
    }

    int size() {
        return endpoints.length;
    }

    Endpoint endpoint(int i) {
        return endpoints[i];
    }

    /** Reserves a connection on the endpoint that the balancer picks and marks it tried; null if no untried one is up and has room. */
    @Nullable
    EndpointState acquire(ConnectAttempts attempts, long clientHash, long nowNanos) {
        int picked = picker.pick(attempts, clientHash, nowNanos);
        if (picked == NONE) {
            return null;
        }
        // The first round is the rule. The others are for a pick whose last place, or whose trial, another loop took meanwhile.
        for (int round = 0, i = picked; round < endpoints.length; round++, i = i + 1 == endpoints.length ? 0 : i + 1) {
            if (!attempts.contains(firstIndex + i) && endpoints[i].state().reserve(nowNanos)) {
                return attempts.add(firstIndex + i, endpoints[i].state());
            }
        }
        return null;
    }

    /** Whether the endpoint may be picked: untried, believed up, and not full. */
    boolean offers(int i, ConnectAttempts attempts, long nowNanos) {
        return !attempts.contains(firstIndex + i) && endpoints[i].state().believedUp(nowNanos)
                && endpoints[i].state().hasRoom();
    }

    /**
     * Draws one of the endpoints on offer, each with a probability in proportion to its weight; {@link #NONE} if there is none.
     *
     * <p>The same seed draws the same endpoint as long as that one is on offer, whatever happens to the others:
     * weighted rendezvous hashing (Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998; the
     * weights are an exponential race: the minimum of independent exponential variables falls on each in proportion to
     * its rate).
     *
     * @param except an endpoint to leave out, or {@link #NONE}
     */
    int draw(long seed, int except, ConnectAttempts attempts, long nowNanos) {
        int best = NONE;
        double bestTime = Double.POSITIVE_INFINITY;
        for (int i = 0; i < endpoints.length; i++) {
            if (i != except && offers(i, attempts, nowNanos)) {
                Endpoint endpoint = endpoints[i];
                double time = -Math.log(Mix.fraction(Mix.mix(seed ^ endpoint.state().identity()))) / endpoint.weight();
                if (time < bestTime) {
                    best = i;
                    bestTime = time;
                }
            }
        }
        return best;
    }
}
