package dev.sluice.api;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** What a filter may do to its connection during a callback. On the connection's event loop only. */
public interface ConnectionContext extends ConnectionInfo {
    /** A fact that a filter, or the proxy, has found; null if none has. See {@link Attributes}. */
    <T> @Nullable T get(AttributeKey<T> key);

    /** Notes a fact for the filters behind this one, for routing and for the access log. At most 32 for a connection. */
    <T> void set(AttributeKey<T> key, T value);

    /** The time of this event, in nanoseconds of {@link FilterEnvironment#nanoTime}. Costs nothing. */
    long nanoTime();

    /**
     * Why the filter is about to reject or has decided as it did, for the access log ({@code detail}). Line breaks and the like are escaped
     * there.
     */
    void explain(String reason);

    /**
     * Chooses the cluster, whatever the routes say; the last filter that does so wins.
     *
     * @param cluster a name of the configuration; if there is none of that name, the filter has failed
     * @throws IllegalStateException if the connection has been routed already: declare {@link FilterTraits#waitedForBeforeRouting}
     */
    void route(String cluster);

    /**
     * Creates a wait for an answer from elsewhere, to be returned by {@link ConnectDecision#pending} or {@link DataAction#SUSPEND} from the same
     * callback.
     *
     * @param timeout when {@code onTimeout} is taken for the answer; at most an hour
     * @param onTimeout neither {@link ConnectDecision.Kind#PENDING}, nor, after routing, {@link ConnectDecision.Kind#ROUTE}
     */
    Suspension suspend(Duration timeout, ConnectDecision onTimeout);

    /**
     * Copies bytes that the filter needs after the callback, counted in {@code sluice_filter_retained_bytes} and released with the connection at
     * the latest.
     *
     * @param purpose for whoever looks at where memory has gone
     * @throws IllegalStateException beyond {@link FilterTraits#maxRetainedBytes}; left uncaught it closes the connection
     */
    @Incubating
    RetainedBytes retain(BorrowedBytes bytes, int from, int length, String purpose);
}
