package dev.sluice.runtime.cluster;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a cluster that one connection has tried so far, counted in the {@link EndpointSet} that the cluster
 * had at the first attempt. One per connection while it is connecting; {@link #clear} empties it. Belongs to one
 * thread.
 */
public final class ConnectAttempts {
    /** Reasons for which {@link Cluster#acquire} returns null. */
    public enum Failure {
        /** No failure: the last call returned an endpoint, or there was no call. */
        NONE,
        /** The cluster has no endpoints. */
        NO_ENDPOINT,
        /** The cluster, or each endpoint that could be used, is at its limit. */
        FULL,
        /** This connection has tried each endpoint once. */
        ALL_TRIED
    }

    private static final long[] NO_WORDS = {};

    private @Nullable EndpointSet set;
    private long first;
    private long[] more = NO_WORDS;
    private int count;
    private Failure failure = Failure.NONE;
    /** Whether endpoints whose share grows are passed over, because this turn is not theirs. */
    private boolean onlyFull;

    /** Attempts with no endpoint tried yet. */
    public ConnectAttempts() {}

    /** Empties it for another connection or another cluster. */
    public void clear() {
        set = null;
        first = 0;
        Arrays.fill(more, 0);
        count = 0;
        failure = Failure.NONE;
    }

    /** The number of endpoints that {@link Cluster#acquire} has returned. */
    public int count() {
        return count;
    }

    /** The reason why the last {@link Cluster#acquire} returned null. */
    public Failure failure() {
        return failure;
    }

    boolean onlyFull() {
        return onlyFull;
    }

    void onlyFull(boolean passOver) {
        onlyFull = passOver;
    }

    boolean contains(int index) {
        int word = (index >> 6) - 1;
        long bits = word < 0 ? first : word < more.length ? more[word] : 0;
        return ((bits >>> index) & 1) != 0;
    }

    /** The set to try: {@code current} at the first attempt, and the same set at those that follow. */
    EndpointSet among(EndpointSet current) {
        EndpointSet pinned = set;
        if (pinned == null) {
            set = current;
            return current;
        }
        return pinned;
    }

    /** Marks the endpoint, which must be untried, and returns it. */
    EndpointState add(int index, EndpointState endpoint) {
        int word = (index >> 6) - 1;
        if (word < 0) {
            first |= 1L << index;
        } else {
            if (word >= more.length) {
                more = Arrays.copyOf(more, word + 1);
            }
            more[word] |= 1L << index;
        }
        count++;
        failure = Failure.NONE;
        return endpoint;
    }

    @Nullable
    EndpointState fail(Failure reason) {
        failure = reason;
        return null;
    }
}
