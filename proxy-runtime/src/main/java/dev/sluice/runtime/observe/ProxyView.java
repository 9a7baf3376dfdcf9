package dev.sluice.runtime.observe;

import java.util.List;

import dev.sluice.runtime.selection.Selection;
import org.jspecify.annotations.Nullable;

/**
 * The running server, as metrics and admin see it.
 *
 * <p><b>Thread.</b> Every method may be called from any thread but an event loop's, at any time between start and the
 * end of close. {@link #connections}, {@link #closeConnection} and {@link #closeConnections} query the event
 * loops, all at once, and wait for seconds at most; a loop that has not answered by then is left out. No other method waits. Returned lists do not
 * change.
 */
public interface ProxyView {
    /** The versions of what runs. */
    BuildView build();

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

    /** The filters that can inject faults, in the order of the configuration. */
    List<FaultsView> faults();

    /** The providers of filters, usable ones first. */
    List<PluginView> plugins();

    /** The last events with a number greater than {@code number}, in order. */
    List<Event> events(long number);

    /** The bounds of the buffer memory. */
    MemoryLimits memoryLimits();

    /** The number of the configuration that serves now; the first one is 1. */
    long configGeneration();

    /** The server as a whole. */
    ServingView serving();

    /** The generations that are alive, oldest first. Queries the event loops, as {@link #connections} does. */
    List<GenerationView> generations();

    /** The class loaders of plugins, those of replaced ones that are still in memory among them. */
    PluginLoaderStates pluginLoaders();

    /** The reloads of the configuration so far. */
    ReloadsView reloads();

    /** The number of configuration generations that serve or still have connections. */
    int generationsAlive();

    /**
     * Open connections. A page by id costs the loops as much as the page, if pages are requested in order; with a condition or a
     * rank they look at all connections. None of that keeps a loop from its sockets.
     *
     * @return by ascending id, or by descending rank
     */
    List<ConnectionView> connections(ConnectionQuery query);

    /** A page of the open connections, by ascending id. */
    default List<ConnectionView> connections(long afterId, int limit) {
        return connections(ConnectionQuery.page(afterId, limit));
    }

    /**
     * Closes the connections that meet a condition with the reason {@code operator}, a few at a time.
     *
     * @param where the condition
     * @param text the condition as the operator wrote it, for the events
     * @param dryRun true = they are only counted
     */
    CloseResult closeConnections(Selection where, String text, boolean dryRun);

    /**
     * What would become of a client that came now. Asking changes nothing.
     *
     * @return null if there is no such listener
     */
    @Nullable
    ClientExplanation explain(ClientQuestion question);

    /**
     * Closes a connection with the reason {@code operator}, soon.
     *
     * @return false if there is no such connection
     */
    boolean closeConnection(long id);
}
