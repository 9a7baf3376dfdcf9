package dev.sluice.api;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Access of a filter to its connection during a callback: facts, reasons, routing, waiting, last bytes. To be used on
 * the connection's event loop, while a callback of this filter runs; the test kit refuses any other use, the proxy
 * whatever would do harm, with an {@link IllegalStateException}.
 */
public interface ConnectionContext extends ConnectionInfo {
    /** The most that {@link #sendLast} takes, in bytes. */
    int MAX_LAST_BYTES = 512;

    /**
     * Looks up a fact that the proxy or a filter has found; see {@link Attributes}.
     *
     * @param <T> the type of the value
     * @param key its name and type
     * @return the value; null if there is none
     */
    <T> @Nullable T get(AttributeKey<T> key);

    /**
     * Records a fact for later filters, for routing and for the access log.
     *
     * @param <T> the type of the value
     * @param key its name and type
     * @param value replaces an earlier one
     * @throws IllegalStateException if the connection has 32 others already
     */
    <T> void set(AttributeKey<T> key, T value);

    /** {@return the time of this event, in nanoseconds of {@link FilterEnvironment#nanoTime}} Costs nothing. */
    long nanoTime();

    /**
     * Gives the reason for a decision, for the access log ({@code detail}). The last reason of a callback counts.
     * Control characters are escaped there.
     *
     * @param reason in a few words: "not in the allow list"
     */
    void explain(String reason);

    /**
     * Chooses the cluster, whatever the routes of the listener say. The last filter that chooses one wins.
     *
     * @param cluster the name of a cluster in the configuration; an unknown name is a failure of the filter
     * @throws IllegalStateException if the connection has been routed already: declare
     *     {@link FilterTraits#waitedForBeforeRouting}
     */
    void route(String cluster);

    /**
     * Creates a wait for an answer from outside. The same callback must return {@link ConnectDecision#SUSPEND} or
     * {@link DataAction#SUSPEND}; any other result is a failure of the filter.
     *
     * @param timeout after which {@code onTimeout} becomes the answer; at most an hour
     * @param onTimeout not {@link Answer#route} once the connection has been routed
     * @return the wait, to be completed once, from any thread
     * @throws IllegalArgumentException if the time is negative or too long, or the answer comes too late
     * @throws IllegalStateException if the callback has created one already
     */
    Suspension suspend(Duration timeout, Answer onTimeout);

    /**
     * Offers the client some last bytes, for protocols whose clients want to read why they are refused (SMTP, FTP,
     * PostgreSQL). If this callback rejects, the client gets everything forwarded to it before, then these bytes, then
     * FIN. Bytes that it still sends are read and discarded for up to {@code timeouts.linger}: closing a socket with
     * unread bytes would send a reset, which destroys the last bytes. The endpoint is reset at once. If this callback
     * does not reject, nothing is sent. The last call counts.
     *
     * @param bytes at most {@link #MAX_LAST_BYTES}; not copied, so a filter may use one array for all connections and
     *     must not change it
     * @throws IllegalArgumentException if there are too many bytes
     */
    void sendLast(byte[] bytes);

    /**
     * Ends a stream early, in order: the receiver gets the bytes forwarded so far, those of this callback included, and
     * then FIN, as if the sender had finished there. Everything behind is read and discarded, bytes that this filter or
     * one before it holds included, so that the sender notices nothing. The other direction goes on. The filter, and those
     * before it, are not called again in this direction, not even for its end.
     *
     * <p>To be called in a callback that shows bytes, which returns {@link DataAction#CONTINUE} or
     * {@link DataAction#DETACH}; with {@link DataAction#SUSPEND} it is a failure of the filter, with
     * {@link DataAction#REJECT} it has no effect.
     *
     * @param direction the stream whose bytes the callback shows
     * @throws IllegalStateException in any other callback, or for the other direction
     */
    @Incubating
    void finish(Direction direction);

    /**
     * Asks for a call of {@link ConnectionFilter#onWake} at a time; late by a few milliseconds at most, unless the endpoint
     * is being connected then. Replaces the time that this filter asked for before on this connection.
     *
     * @param nanoTime of {@link FilterEnvironment#nanoTime}; {@link Long#MAX_VALUE} = never
     */
    @Incubating
    void wakeAt(long nanoTime);

    /**
     * {@return a way for any thread to have {@link ConnectionFilter#onWake} of this filter called soon on the event loop of this
     * connection} It may be kept, does not block, and does nothing once the connection has ended.
     */
    @Incubating
    Runnable waker();

    /**
     * Copies bytes that the filter needs after the callback. They are counted in {@code sluice_filter_retained_bytes}
     * and released with the connection at the latest.
     *
     * @param bytes the bytes lent to this callback
     * @param from the index of the first one
     * @param length the number of bytes
     * @param purpose a few words for operators who look for the use of memory
     * @return the copy; the caller closes it when it is no longer needed
     * @throws IllegalStateException beyond {@link FilterTraits#maxRetainedBytes}; if the filter does not catch it, it
     *     closes the connection
     */
    @Incubating
    RetainedBytes retain(BorrowedBytes bytes, int from, int length, String purpose);
}
