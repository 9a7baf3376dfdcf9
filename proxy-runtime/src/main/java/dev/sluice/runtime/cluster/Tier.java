package dev.sluice.runtime.cluster;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/** The primaries or the backups of a cluster: endpoints that are balanced among each other. Not empty. Any thread. */
final class Tier {
    /** No endpoint. */
    static final int NONE = -1;
    /** One of several endpoints, which is drawn at random when a connection comes. */
    static final int DRAWN = -2;

    private final Endpoint[] endpoints;
    private final int firstIndex;
    private final LoadBalancer.Picker picker;
    private final AtomicLong turns = new AtomicLong();
    private volatile Mode mode;

    /**
     * The way in which health checks count in a tier, computed after each change of what they or operators say.
     *
     * @param changes their number at that time
     * @param unchecked whether endpoints that no check has passed yet are chosen: no endpoint of the tier has passed one
     * @param panic whether endpoints that checks find down are chosen: too few are up
     */
    record Mode(int changes, boolean unchecked, boolean panic) {}

    /**
     * A tier that takes over the array. In {@link ConnectAttempts} its endpoints are numbered from {@code firstIndex}.
     */
    Tier(Endpoint[] endpoints, int firstIndex, Function<Tier, LoadBalancer.Picker> balancer) {
        this.endpoints = endpoints;
        this.firstIndex = firstIndex;
        this.mode = new Mode(-1, true, false);
        this.picker = balancer.apply(this);
    }

    /** The mode now. */
    Mode mode() {
        ClusterState cluster = endpoints[0].state().cluster();
        int changes = cluster.changes();
        Mode seen = mode;
        if (seen.changes != changes) {
            seen = computed(changes, cluster.rules());
            mode = seen;
        }
        return seen;
    }

    private Mode computed(int changes, ClusterRules rules) {
        int up = 0;
        boolean passed = false;
        for (Endpoint endpoint : endpoints) {
            EndpointWord.Checked checked = endpoint.state().checked();
            passed |= checked == EndpointWord.Checked.UP && endpoint.state().drain() == null;
            up += checked == EndpointWord.Checked.DOWN ? 0 : 1;
        }
        return new Mode(changes, !passed, (long) up * 100 < (long) rules.panicPercent() * endpoints.length);
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
        mode();
        int picked = pick(attempts, clientHash, nowNanos);
        if (picked == NONE) {
            return null;
        }
        // The first round is the rule. The others are for a pick whose last place, or whose trial, another loop took meanwhile.
        for (int round = 0, i = picked; round < endpoints.length; round++, i = i + 1 == endpoints.length ? 0 : i + 1) {
            if (offers(i, attempts, nowNanos) && endpoints[i].state().reserve(nowNanos)) {
                return attempts.add(firstIndex + i, endpoints[i].state());
            }
        }
        return null;
    }

    /**
     * The position of the endpoint that {@link #acquire} would reserve a connection on now, with nothing tried before;
     * {@link #NONE} or {@link #DRAWN} if there is no such one. Changes nothing: no cursor moves, and no trial is taken.
     */
    int preview(ConnectAttempts untried, long clientHash, long nowNanos) {
        mode();
        if (endpoints[0].state().cluster().rules().slowStartNanos() > 0) {
            int slow = slowStart(true, untried, nowNanos);
            if (slow != NONE) {
                return slow;
            }
            untried.onlyFull(true);
            int picked = picker.preview(untried, clientHash, nowNanos);
            untried.onlyFull(false);
            if (picked != NONE) {
                return picked;
            }
        }
        return picker.preview(untried, clientHash, nowNanos);
    }

    private int pick(ConnectAttempts attempts, long clientHash, long nowNanos) {
        if (endpoints[0].state().cluster().rules().slowStartNanos() > 0) {
            int slow = slowStart(false, attempts, nowNanos);
            if (slow != NONE) {
                return slow;
            }
            attempts.onlyFull(true);
            int picked = picker.pick(attempts, clientHash, nowNanos);
            attempts.onlyFull(false);
            if (picked != NONE) {
                return picked;
            }
        }
        return picker.pick(attempts, clientHash, nowNanos);
    }

    /** Whether the endpoint may be picked: untried, not kept from clients by anything that is known of it, and not full. */
    boolean offers(int i, ConnectAttempts attempts, long nowNanos) {
        EndpointState state = endpoints[i].state();
        return !attempts.contains(firstIndex + i) && state.admitted(mode) && state.believedUp(nowNanos)
                && state.hasRoom() && !(attempts.onlyFull() && state.slow());
    }

    /**
     * The endpoint whose share grows and that has this turn; {@link #NONE} if none has. Each has as many of the turns as
     * its weight and its share promise, whatever the balancer: by its load alone an idle newcomer would get every
     * connection, or none beside other idle ones.
     *
     * @param asked whether the turn is only asked for, and not taken
     */
    private int slowStart(boolean asked, ConnectAttempts attempts, long nowNanos) {
        double total = 0;
        boolean any = false;
        for (int i = 0; i < endpoints.length; i++) {
            if (offers(i, attempts, nowNanos)) {
                total += endpoints[i].weight() * endpoints[i].state().share(nowNanos);
                any |= endpoints[i].state().slow();
            }
        }
        if (!any) {
            return NONE;
        }
        double turn = SlowStart.turn(asked ? turns.get() : turns.getAndIncrement()) * total;
        for (int i = 0; i < endpoints.length; i++) {
            EndpointState state = endpoints[i].state();
            if (state.slow() && offers(i, attempts, nowNanos)) {
                turn -= endpoints[i].weight() * state.share(nowNanos);
                if (turn < 0) {
                    return i;
                }
            }
        }
        return NONE;
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
