package dev.sluice.api;

/**
 * The maker of the filters of one entry of {@code filters:} in one configuration generation. Thread-safe.
 *
 * <p>{@link #close} is called once, off the event loops, after the last connection of the factory's filters has ended.
 */
public interface FilterFactory extends AutoCloseable {
    /** {@return the needs of the factory's filters} Called once; the result holds for all of them. */
    FilterTraits traits();

    /**
     * Returns the filter of a connection that was just accepted. May return the same instance for all connections: a
     * filter without state of its own then costs nothing per connection.
     *
     * <p>On the connection's event loop, so it must not block. An exception closes that connection.
     *
     * @param connection valid until {@link ConnectionFilter#onClose} has returned
     * @return the filter
     */
    ConnectionFilter newFilter(ConnectionInfo connection);

    /** Releases the resources of the factory. Not called while one of its filters may still be called. */
    @Override
    default void close() {}
}
