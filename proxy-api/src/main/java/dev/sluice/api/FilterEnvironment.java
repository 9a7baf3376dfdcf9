package dev.sluice.api;

import java.nio.file.Path;

/** Where a filter is going to work. Thread-safe. */
public interface FilterEnvironment {
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
}
