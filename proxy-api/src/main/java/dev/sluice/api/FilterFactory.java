package dev.sluice.api;

/**
 * One entry of {@code filters:} in one configuration generation. Thread-safe.
 *
 * <p>{@link #close} is called once, off the event loops, after the last of its connections has been closed.
 */
public interface FilterFactory extends AutoCloseable {
    /** What its filters need. Called once; the answer holds for all of them. */
    FilterTraits traits();

    /**
     * The filter of a connection that was just accepted. May return the same instance for all connections: a filter without state of its
     * own costs a connection nothing then.
     *
     * <p>On the connection's event loop, so it must not block. What it throws closes that connection.
     *
     * @param connection valid until {@link ConnectionFilter#onClose} has returned
     */
    ConnectionFilter newFilter(ConnectionInfo connection);

    /** Gives back what the factory holds. Not called while one of its filters may still be called. */
    @Override
    default void close() {}
}
