package dev.sluice.runtime.observe;

import java.util.List;

/**
 * The running server, as metrics and admin see it.
 *
 * <p><b>Thread.</b> Every method may be called from any thread but an event loop's, at any time between start and the
 * end of close. {@link #connections} and {@link #closeConnection} query the event loops, all at once, and wait for a
 * second at most; a loop that has not answered by then is left out. No other method waits. Returned lists do not
 * change.
 */
public interface ProxyView {
    /** The state of the server. */
    ServerState state();

    /** The listeners, in the order of the configuration. Names are unique. */
    List<ListenerView> listeners();

    /** The counters of all listeners together since the start, those that a reload has removed among them. */
    ListenerTotals totals();

    /** The most connections of all listeners together at one time; 0 = no limit. */
    int maxConnections();

    /** The event loops, by ascending index. */
    List<LoopView> loops();

    /** The clusters, in the order of the configuration. Names are unique. */
    List<ClusterView> clusters();

    /** The filters of all listeners, in the order of the configuration. Names are unique within a listener. */
    List<FilterView> filters();

    /** The providers of filters, usable ones first. */
    List<PluginView> plugins();

    /** The last events with a number greater than {@code number}, in order. */
    List<Event> events(long number);

    /** The bounds of the buffer memory. */
    MemoryLimits memoryLimits();

    /** The number of the configuration that serves now; the first one is 1. */
    long configGeneration();

    /** The generations that are alive, oldest first. Queries the event loops, as {@link #connections} does. */
    List<GenerationView> generations();

    /** The class loaders of plugins, those of replaced ones that are still in memory among them. */
    PluginLoaderStates pluginLoaders();

    /** The reloads of the configuration so far. */
    ReloadsView reloads();

    /** The number of configuration generations that serve or still have connections. */
    int generationsAlive();

    /**
     * A page of the open connections. Costs the loops as much as the page, if pages are requested in order, and never
     * keeps a loop from its sockets.
     *
     * @param afterId only connections with a greater id; 0 for the first page
     * @param limit the size of the page, at least 1
     * @return by ascending id
     */
    List<ConnectionView> connections(long afterId, int limit);

    /**
     * Closes a connection with the reason {@code operator}, soon.
     *
     * @return false if there is no such connection
     */
    boolean closeConnection(long id);
}
