package dev.sluice.api;

import java.nio.file.Path;
import java.util.concurrent.Executor;

/** Names, clock, threads and counters of one entry of {@code filters:}. Thread-safe. */
public interface FilterEnvironment {
    /** The most counters that one filter may have. */
    int MAX_COUNTERS = 32;

    /** The name of the listener. */
    String listener();

    /** The name of the filter in its chain: {@code name:} of the configuration, or its type. Distinct within the chain. */
    String filter();

    /** The number of event loops. Each calls the filters of its own connections; shared state is shared among so many threads. */
    int eventLoops();

    /** A path of the configuration, as the user means it: relative ones start at the directory of the configuration file. */
    Path resolve(String path);

    /**
     * The clock that callbacks are given, in nanoseconds: monotonic, with an arbitrary origin. Any thread; a test kit moves it by hand.
     */
    long nanoTime();

    /** Where to log: the logger of this listener and filter. Not for every connection: a proxy sees thousands in a second. */
    System.Logger logger();

    /**
     * Threads for work that may block, such as asking another service for the answer to a {@link Suspension}: each task has a virtual thread of
     * its own. They belong to the proxy, which ends them with the factory: after {@link FilterFactory#close} has returned, tasks that still run
     * are interrupted, and a task that comes later is refused with {@link java.util.concurrent.RejectedExecutionException}. What a task throws
     * is logged. There is no limit but the number of connections that ask: bound a service that cannot take that many.
     */
    Executor executor();

    /**
     * A counter of the filter, shown as {@code sluice_filter_custom_total{listener,filter,type,name}} and by {@code GET /filters}. The same name
     * gives the same counter. Ask for it when the factory is made, not for each connection.
     *
     * @param name lower case, words joined by underscores, at most {@value Counter#MAX_NAME_LENGTH} characters: {@code cache_misses}
     * @throws IllegalArgumentException if {@link Counter#requireName} refuses the name
     * @throws IllegalStateException if the filter has {@value #MAX_COUNTERS} others already: a name may not depend on what clients send
     */
    Counter counter(String name);
}
