package dev.sluice.runtime.cluster;

import dev.sluice.runtime.observe.EndpointView;

/**
 * One address of a {@link Cluster} as one configuration describes it. Immutable; any thread.
 *
 * @param state its running state, which it shares with the same address of other generations
 * @param weight its share among the endpoints of its cluster, 1 to {@value #MAX_WEIGHT}
 * @param backup whether it is used only when no other endpoint can be
 */
public record Endpoint(EndpointState state, int weight, boolean backup) {
    /** The largest weight; the smallest is 1. */
    public static final int MAX_WEIGHT = 256;

    public Endpoint {
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "endpoint " + state.label() + ": weight is " + weight + "; allowed are 1 to " + MAX_WEIGHT);
        }
    }

    /**
     * Compares loads in proportion to the weights: less than 0 if this endpoint, with one more connection, would be
     * less loaded than the other with one more.
     */
    int compareLoad(Endpoint other) {
        return Long.compare((state.active() + 1L) * other.weight, (other.state.active() + 1L) * weight);
    }

    /** The endpoint for admin responses and metrics. */
    EndpointView view() {
        return new EndpointView(state.label(), weight, backup, !state.failed(), state.active(), state.limit().max(),
                state.connects(), state.connectFailures());
    }
}
