package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.discovery.SourceSettings;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.BuildView;
import dev.sluice.runtime.observe.ClientExplanation;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.observe.CloseResult;
import dev.sluice.runtime.observe.ClusterView;
import dev.sluice.runtime.observe.ConnectionQuery;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.EndpointSourceView;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.FaultsView;
import dev.sluice.runtime.observe.FilterView;
import dev.sluice.runtime.observe.GenerationView;
import dev.sluice.runtime.observe.ListenerTotals;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.observe.LoopView;
import dev.sluice.runtime.observe.MemoryLimits;
import dev.sluice.runtime.observe.PluginLoaderStates;
import dev.sluice.runtime.observe.PluginView;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.observe.ReloadsView;
import dev.sluice.runtime.observe.RevocationsView;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.observe.ServingView;
import dev.sluice.runtime.plugin.ModuleVersion;
import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.tls.trust.ClientTrust;
import dev.sluice.runtime.wiring.ClusterSettings;
import dev.sluice.runtime.wiring.Generation;
import org.jspecify.annotations.Nullable;

/**
 * The view of the running server for metrics and admin responses, composed of the views of its parts. Any thread but an
 * event loop's.
 */
final class EngineView implements ProxyView {
    /** The wait that {@link ProxyView} promises at most. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final CurrentState state;
    private final Generations generations;
    private final PluginCare pluginCare;
    private final ReloadHistory history;
    private final Listeners listeners;
    private final EventLoops loops;
    private final Upstreams upstreams;
    private final MemoryBounds bounds;
    private final ConnectionLimit processLimit;
    private final Events events;
    private final ConnectionQueries queries;
    private final BuildView build = new BuildView(ModuleVersion.of(EngineView.class).orElse("(development)"),
            Runtime.version().toString());
    private final long opened = System.nanoTime();

    EngineView(CurrentState state, Generations generations, PluginCare pluginCare, ReloadHistory history,
            Listeners listeners, EventLoops loops, Upstreams upstreams, BufferPool pool,
            ConnectionLimit processLimit, Events events) {
        this.processLimit = processLimit;
        this.queries = new ConnectionQueries(loops, events);
        this.upstreams = upstreams;
        this.history = history;
        this.pluginCare = pluginCare;
        this.events = events;
        this.state = state;
        this.generations = generations;
        this.listeners = listeners;
        this.loops = loops;
        this.bounds = pool.bounds();
    }

    @Override
    public BuildView build() {
        return build;
    }

    @Override
    public ServerState state() {
        return state.get();
    }

    @Override
    public List<ListenerView> listeners() {
        Map<String, ClientTrust> trusts = generations.serving().trusts();
        return listeners.running().values().stream().map(open -> compared(open.acceptor().view(), trusts)).toList();
    }

    private static ListenerView compared(ListenerView view, Map<String, ClientTrust> trusts) {
        ClientTrust trust = trusts.get(view.name());
        return trust == null
                ? view
                : view.comparing(trust.revocations().stream().map(RevocationsView::of).toList());
    }

    @Override
    public int maxConnections() {
        return processLimit.max();
    }

    @Override
    public List<LoopView> loops() {
        return loops.workers().stream()
                .map(worker -> LoopView.of(worker.loop(), worker.connections(), bounds.readBuffer())).toList();
    }

    @Override
    public List<ClusterView> clusters() {
        Generation serving = generations.serving();
        Map<SourceSettings, EndpointSourceView> sources = upstreams.sources();
        List<ClusterView> views = new ArrayList<>();
        for (ClusterConfig config : serving.configuration().clusters()) {
            Cluster cluster = serving.clusters().get(config.name());
            SourceSettings source = ClusterSettings.source(config);
            if (cluster != null) {
                views.add(source == null ? cluster.view() : cluster.view().from(sources.get(source)));
            }
        }
        return List.copyOf(views);
    }

    @Override
    public List<FilterView> filters() {
        long now = System.nanoTime();
        return generations.serving().listeners().values().stream()
                .flatMap(serving -> serving.listener().plan().slots().stream()).map(slot -> slot.view(now)).toList();
    }

    @Override
    public List<FaultsView> faults() {
        return generations.serving().faultFilters().stream()
                .map(each -> new FaultsView(each.listener(), each.filter(), each.control().faults().size())).toList();
    }

    @Override
    public List<PluginView> plugins() {
        return generations.serving().plugins().views();
    }

    @Override
    public List<Event> events(long number) {
        return events.after(number);
    }

    @Override
    public MemoryLimits memoryLimits() {
        return MemoryLimits.of(bounds);
    }

    @Override
    public long configGeneration() {
        return generations.serving().number();
    }

    @Override
    public ServingView serving() {
        long number = generations.serving().number();
        Generations.Published published = generations.published(number);
        return new ServingView(number, published.since(), published.source().name(), System.nanoTime() - opened,
                processLimit.active(), processLimit.max());
    }

    @Override
    public List<GenerationView> generations() {
        return GenerationViews.of(generations, loops, PATIENCE);
    }

    @Override
    public PluginLoaderStates pluginLoaders() {
        return pluginCare.states();
    }

    @Override
    public ReloadsView reloads() {
        return history.view();
    }

    @Override
    public int generationsAlive() {
        return 1 + (int) generations.retired().stream().map(entry -> entry.listener().generation()).distinct().count();
    }

    @Override
    public ListenerTotals totals() {
        return generations.serving().running().totals();
    }

    @Override
    public List<ConnectionView> connections(ConnectionQuery query) {
        return queries.find(query);
    }

    @Override
    public @Nullable ClientExplanation explain(ClientQuestion question) {
        Generation serving = generations.serving();
        return new Explainer(serving, new RunningWorld(serving.number(), listeners.running(), processLimit))
                .explain(question);
    }

    @Override
    public boolean closeConnection(long id) {
        return queries.close(id);
    }

    @Override
    public CloseResult closeConnections(Selection where, String text, boolean dryRun) {
        return queries.close(where, text, dryRun);
    }
}
