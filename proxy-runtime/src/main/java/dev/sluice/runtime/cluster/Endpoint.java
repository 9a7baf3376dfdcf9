package dev.sluice.runtime.cluster;

import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.proxyprotocol.SentHeader;
import org.jspecify.annotations.Nullable;

/**
 * One address of a {@link Cluster} as one configuration describes it. Immutable; any thread.
 *
 * @param state its running state, which it shares with the same address of other generations
 * @param weight its share among the endpoints of its cluster, 1 to {@value #MAX_WEIGHT}
 * @param maxConnections the most connections to it at one time; 0 = no limit of its own
 * @param backup whether it is used only when no other endpoint can be
 * @param header the PROXY header that it gets
 */
public record Endpoint(EndpointState state, int weight, int maxConnections, boolean backup, SentHeader header) {
    /** The largest weight; the smallest is 1. */
    public static final int MAX_WEIGHT = 256;

    /** An endpoint that gets no PROXY header. */
    public Endpoint(EndpointState state, int weight, int maxConnections, boolean backup) {
        this(state, weight, maxConnections, backup, SentHeader.NONE);
    }

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
    EndpointView view(boolean panic, long nowNanos) {
        EndpointWord word = state.word(nowNanos);
        return view(state, word, weight, backup, word.serves() || (panic && word == EndpointWord.DOWN), nowNanos);
    }

    /** An endpoint that is in no configuration, and has connections. */
    static EndpointView removed(EndpointState state, long nowNanos) {
        return view(state, EndpointWord.REMOVED, 0, false, false, nowNanos);
    }

    private static EndpointView view(EndpointState state, EndpointWord word, int weight, boolean backup,
            boolean usable, long nowNanos) {
        OperatorDrain drain = state.drain();
        return new EndpointView(state.label(), weight, backup, word.label(), word.isUp() && !state.failing(), usable,
                state.active(),
                state.limit().max(), state.connects(), state.connectFailures(), state.checkCounts(),
                detail(state, word, drain, nowNanos));
    }

    private static @Nullable String detail(EndpointState state, EndpointWord word,
            @Nullable OperatorDrain drain, long nowNanos) {
        return switch (word) {
            case DRAINED -> drain == null
                    ? null
                    : "since " + drain.since() + " by " + drain.by()
                            + (drain.end() == null ? "" : "; its connections are reset until " + drain.end());
            case DOWN -> state.downReason();
            case EJECTED -> "for another " + Math.max(1, TimeUnit.NANOSECONDS.toSeconds(state.avoidedFor(nowNanos)))
                    + " s: " + state.failureReason();
            case TRIAL -> "the next client tries it: " + state.failureReason();
            case UP, SLOW_START -> state.failing()
                    ? "connections fail, but no more endpoints may be ejected: " + state.failureReason()
                    : null;
            case UNCHECKED, REMOVED -> null;
        };
    }
}
