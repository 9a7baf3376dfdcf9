package dev.sluice.api;

/**
 * The maker of the filters of one entry of {@code filters:}, from the configuration generation that brings the entry
 * until one changes it. Thread-safe.
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

    /**
     * Takes over state from the factory that this one replaces, so that counts, buckets or caches survive a reload. By
     * default it takes nothing, and the factory starts anew.
     *
     * <p><b>When.</b> Once at most, before the first {@link #newFilter}, and only if the two have the same provider class,
     * the same listener and the same filter name. An entry that has not changed keeps its factory, unless that has
     * {@linkplain FilterEnvironment#resolve resolved} a path, since the file may have changed. When a plugin is replaced
     * its classes are others, and nothing is inherited.
     *
     * <p><b>Thread.</b> Off the event loops; it may block, but the reload waits for it. Meanwhile, and for as long as
     * they live, the connections of {@code previous} go on calling their filters on the event loops, and
     * {@code previous} makes filters for new connections until the reload is complete. So state is <em>shared</em>, and
     * has to be thread-safe.
     *
     * <p><b>What may be taken.</b> Anything, as long as {@code previous} works as before: the reload may still be
     * refused, and then this factory is closed without having served, and the next attempt inherits from
     * {@code previous} again. {@link #close} of {@code previous} comes later, while this factory serves: it must not
     * end what was taken over, nor must {@code close} of this one end what {@code previous} still uses. Keep the state,
     * not {@code previous} itself, which would keep every factory before it in memory. Times can be compared:
     * {@link FilterEnvironment#nanoTime} has one origin for both.
     *
     * <p><b>Failure.</b> It must not throw. An exception is logged and counted as a failure of the filter, and this
     * factory serves as it is then; so take everything or nothing.
     *
     * @param previous the factory that serves now, made by a provider of the same class
     */
    default void inherit(FilterFactory previous) {}

    /**
     * Describes in a sentence what a filter of this factory would do with a client, for people who ask the proxy what it
     * would do. Asking changes nothing: it takes no token, counts nothing, and makes no filter, so the sentence may be
     * about what the filter would look at if that is all that can be known before there is a connection.
     *
     * <p>On any thread, also while connections come and go; it should not block for long. An exception costs the answer
     * only.
     *
     * @param client the client as it would be; its id is 0, and it has neither cluster nor endpoint
     * @return the sentence, without a capital letter and a full stop: {@code refuses with a reset: denied by 192.0.2.0/24};
     *     characters that are not printable, line ends among them, are shown as U+FFFD
     */
    @Incubating
    default String explain(ConnectionInfo client) {
        return "decides when a connection comes";
    }

    /** Releases the resources of the factory. Not called while one of its filters may still be called. */
    @Override
    default void close() {}
}
