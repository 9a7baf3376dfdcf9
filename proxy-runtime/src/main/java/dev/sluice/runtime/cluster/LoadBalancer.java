package dev.sluice.runtime.cluster;

/**
 * A rule that spreads the connections of a cluster over its endpoints. All rules honour weights, and pass over
 * endpoints that cannot be used without giving their share to one neighbour. Immutable; one may serve several clusters.
 */
public sealed interface LoadBalancer permits RoundRobin, LeastConnections, RandomTwoChoices, SourceHash {
    /** In turn, smoothly interleaved; exact over one period for all loops together. */
    static LoadBalancer roundRobin() {
        return new RoundRobin();
    }

    /** The endpoint with the fewest connections in proportion to its weight; among equals, the one that was chosen longest ago. */
    static LoadBalancer leastConnections() {
        return new LeastConnections();
    }

    /** The less loaded of two endpoints drawn at random. Equal seeds give equal choices. */
    static LoadBalancer randomTwoChoices(long seed) {
        return new RandomTwoChoices(seed);
    }

    /** The same endpoint for the same client hash, with as few changes as possible when endpoints come and go. */
    static LoadBalancer sourceHash() {
        return new SourceHash();
    }

    /** The name in the configuration. */
    String label();

    /** Prepares the choice among the endpoints of {@code tier}, which is not empty but may still be under construction. */
    Picker over(Tier tier);

    /** Chooses among the endpoints of one tier. Any thread. */
    interface Picker {
        /** The position of an endpoint that its tier offered when looked at; {@link Tier#NONE} if none was on offer. */
        int pick(ConnectAttempts attempts, long clientHash, long nowNanos);

        /**
         * The position that {@link #pick} would return now; nothing changes by it. {@link Tier#DRAWN} if that is drawn
         * at random. By default it picks: that changes nothing where there are no turns.
         */
        default int preview(ConnectAttempts attempts, long clientHash, long nowNanos) {
            return pick(attempts, clientHash, nowNanos);
        }
    }
}
