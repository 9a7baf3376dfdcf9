package dev.sluice.api;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Verbs of a filter in a callback: facts, reasons, routing, waiting, last bytes. On the connection's event loop, and only while a callback of this
 * filter runs.
 */
public interface ConnectionContext extends ConnectionInfo {
    /** The most that {@link #sendLast} takes, in bytes. */
    int MAX_LAST_BYTES = 512;

    /** A fact that a filter, or the proxy, has found; null if none has. See {@link Attributes}. */
    <T> @Nullable T get(AttributeKey<T> key);

    /** Notes a fact for the filters behind this one, for routing and for the access log. At most 32 for a connection. */
    <T> void set(AttributeKey<T> key, T value);

    /** The time of this event, in nanoseconds of {@link FilterEnvironment#nanoTime}. Costs nothing. */
    long nanoTime();

    /**
     * Gives the reason for a decision, for the access log ({@code detail}). The last one counts. Line breaks and the like are escaped there.
     *
     * @param reason in a few words: "not in the allow list"
     */
    void explain(String reason);

    /**
     * Chooses the cluster, whatever the routes of the listener say; the last filter that does so wins.
     *
     * @param cluster a name of the configuration; with an unknown one the filter has failed
     * @throws IllegalStateException if the connection has been routed already: declare {@link FilterTraits#waitedForBeforeRouting}
     */
    void route(String cluster);

    /**
     * Creates a wait for an answer from elsewhere. The same callback has to return {@link ConnectDecision#SUSPEND} or
     * {@link DataAction#SUSPEND}; anything else is a failure of the filter.
     *
     * @param timeout when {@code onTimeout} is taken for the answer; at most an hour
     * @param onTimeout no {@link Answer#route} once the connection has been routed
     */
    Suspension suspend(Duration timeout, Answer onTimeout);

    /**
     * Offers the client's last bytes, for protocols whose clients want to read why they are refused (SMTP, FTP, PostgreSQL). If this callback
     * rejects, the client gets what was let pass to it before, then these bytes, then FIN; what it still sends is read and discarded for up
     * to {@code timeouts.linger}, as a close over unread bytes would be a reset that destroys them. The endpoint is reset at once. If this
     * callback does not reject, nothing is sent. The last call counts.
     *
     * @param bytes at most {@link #MAX_LAST_BYTES}; not copied, so a filter may use one array for all connections, and must not change it
     * @throws IllegalArgumentException if there are more
     */
    void sendLast(byte[] bytes);

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
