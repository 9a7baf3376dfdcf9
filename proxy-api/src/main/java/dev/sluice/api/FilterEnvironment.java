package dev.sluice.api;

import java.nio.file.Path;
import java.util.concurrent.Executor;

/** The names, clock, threads and counters given to one entry of {@code filters:}. Thread-safe. */
public interface FilterEnvironment {
    /** The most counters that one filter may have. */
    int MAX_COUNTERS = 32;

    /** {@return the name of the listener} */
    String listener();

    /** {@return the name of the filter, distinct within its chain: {@code name:} of the configuration, or its type} */
    String filter();

    /**
     * {@return the number of event loops} Each calls the filters of its own connections, so state shared by connections
     * is used by that many threads.
     */
    int eventLoops();

    /**
     * Resolves a path of the configuration: a relative one starts at the directory of the configuration file.
     *
     * @param path as written in the configuration
     * @return the path to open
     */
    Path resolve(String path);

    /**
     * {@return the time in nanoseconds, monotonic, with an arbitrary origin} It is the clock given to callbacks. Any
     * thread; a test kit moves it by hand.
     */
    long nanoTime();

    /**
     * {@return the logger of this listener and filter} Not for a message per connection: a proxy may see thousands in a
     * second.
     */
    System.Logger logger();

    /**
     * {@return an executor for work that may block, such as asking another service for the answer to a
     * {@link Suspension}} Each task has a virtual thread of its own. The threads belong to the proxy, which ends them
     * with the factory: after {@link FilterFactory#close} has returned, running tasks are interrupted, and later tasks
     * are refused with {@link java.util.concurrent.RejectedExecutionException}. An exception from a task is logged. The
     * number of tasks is limited only by the number of connections that ask: a filter must protect a service that
     * cannot take that many requests.
     */
    Executor executor();

    /**
     * Returns a counter of the filter, shown as {@code sluice_filter_custom_total{listener,filter,type,name}} and by
     * {@code GET /filters}. The same name gives the same counter. To be called when the factory is made, not for each
     * connection.
     *
     * @param name lower case, words joined by underscores, at most {@value Counter#MAX_NAME_LENGTH} characters: {@code cache_misses}
     * @return the counter
     * @throws IllegalArgumentException if {@link Counter#requireName} refuses the name
     * @throws IllegalStateException if the filter already has {@value #MAX_COUNTERS} others: names must not depend on
     *     input from clients
     */
    Counter counter(String name);
}
