package dev.sluice.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.chain.FilterEvent;
import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterConfig.LoadBalancing;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.memory.MemoryFigures;
import dev.sluice.runtime.memory.PipeFigures;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.observe.ClusterView;
import dev.sluice.runtime.observe.ConnectTotals;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.observe.FilterView;
import dev.sluice.runtime.observe.ListenerTotals;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.observe.LoopView;
import dev.sluice.runtime.observe.MemoryLimits;
import dev.sluice.runtime.observe.MemoryUse;
import dev.sluice.runtime.observe.PipeUse;
import dev.sluice.runtime.observe.PluginView;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.plugin.PluginInfo;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.plugin.Refusal;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.Service;
import dev.sluice.runtime.relay.Target;
import dev.sluice.runtime.relay.Worker;

/** What metrics, admin answers and {@link ServerStats} are made of. Any thread; reads figures, and asks the loops for connections only. */
final class EngineView implements ProxyView {
    private final Engine engine;
    private final List<PluginView> plugins;

    EngineView(Engine engine, PluginRegistry registry) {
        this.engine = engine;
        this.plugins = Stream.concat(registry.plugins().stream().map(EngineView::pluginView),
                registry.refused().stream().map(EngineView::pluginView)).toList();
    }

    private static PluginView pluginView(PluginInfo plugin) {
        return new PluginView(plugin.name(), plugin.version(), plugin.location(), plugin.types(), null);
    }

    private static PluginView pluginView(Refusal plugin) {
        return new PluginView(plugin.name(), null, plugin.location(), List.of(), plugin.problem());
    }

    @Override
    public ServerState state() {
        return engine.state();
    }

    @Override
    public List<ListenerView> listeners() {
        List<ListenerView> views = new ArrayList<>();
        for (Acceptor acceptor : engine.acceptors()) {
            Service service = acceptor.service();
            int max = service.limit().max();
            List<String> clusters = service.routes().list().stream().map(route -> route.target().cluster().name())
                    .distinct().toList();
            views.add(new ListenerView(service.name(), acceptor.socket().address(), clusters,
                    max == Integer.MAX_VALUE ? 0 : max, acceptor.state().label(),
                    ListenerTotals.sum(service.counters())));
        }
        return views;
    }

    @Override
    public List<LoopView> loops() {
        List<LoopView> views = new ArrayList<>();
        for (Worker worker : engine.workers()) {
            EventLoop loop = worker.loop();
            views.add(new LoopView(loop.index(), worker.connections(), loop.stalls().busyRatio(),
                    loop.stalls().longestStallNanos() / 1e9, loop.counters().turns(),
                    memoryUse(loop.memory().figures()), pipeUse(loop.pipes().figures())));
        }
        return views;
    }

    private MemoryUse memoryUse(MemoryFigures figures) {
        return new MemoryUse(figures.borrowed(), figures.borrowedPeak(),
                figures.borrowed() * engine.pool().bounds().readBuffer(), figures.waits(), figures.waiting(),
                figures.stashBytes(), figures.stashBytesPeak(), figures.poolAllocated(),
                figures.poolAllocatedPeak(), figures.stashAllocated(), figures.stashAllocatedPeak());
    }

    private static PipeUse pipeUse(PipeFigures figures) {
        // A pipe is opened when none is free: the most that were open is the most that were lent.
        return new PipeUse(figures.open(), figures.borrowed(), figures.borrowedPeak(), figures.bytes(),
                figures.open() * PipePool.PIPE_BYTES, figures.borrowedPeak() * PipePool.PIPE_BYTES);
    }

    @Override
    public List<ClusterView> clusters() {
        Map<String, Target> targets = engine.generation().targets();
        List<ClusterView> views = new ArrayList<>();
        for (ClusterConfig config : engine.generation().configuration().clusters()) {
            Target target = targets.get(config.name());
            if (target != null) {
                Cluster cluster = target.cluster();
                views.add(new ClusterView(config.name(), yamlName(config.loadBalancing()), cluster.active(),
                        config.maxConnections().orElse(0),
                        cluster.endpoints().stream().map(EngineView::endpointView).toList(),
                        ConnectTotals.sum(target.counters())));
            }
        }
        return views;
    }

    private static String yamlName(LoadBalancing loadBalancing) {
        return loadBalancing.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static EndpointView endpointView(Endpoint endpoint) {
        return new EndpointView(endpoint.label(), endpoint.weight(), endpoint.backup(), !endpoint.failed(),
                endpoint.active(),
                endpoint.maxConnections(), endpoint.connects(), endpoint.connectFailures());
    }

    @Override
    public List<FilterView> filters() {
        long now = System.nanoTime();
        return engine.generation().services().stream().flatMap(service -> service.plan().slots().stream())
                .map(slot -> filterView(slot, now)).toList();
    }

    private static FilterView filterView(FilterSlot slot, long now) {
        Map<String, Long> decisions = new LinkedHashMap<>();
        for (FilterEvent event : FilterEvent.values()) {
            decisions.put(event.label(), slot.total(event));
        }
        FilterTraits traits = slot.traits();
        List<String> sees = Arrays.stream(Direction.values()).filter(traits::sees).map(Direction::label).toList();
        return new FilterView(slot.listener(), slot.position() + 1, slot.name(), slot.type(), sees,
                traits.transforming(), traits.beforeRouting(), traits.maxHeldBytes(), slot.connections(), decisions,
                slot.customCounters(), slot.retainedBytes(), slot.hogs(), slot.quarantined(now));
    }

    @Override
    public List<PluginView> plugins() {
        return plugins;
    }

    @Override
    public MemoryLimits memoryLimits() {
        MemoryBounds bounds = engine.pool().bounds();
        return new MemoryLimits(bounds.readBuffer(), bounds.pool(), bounds.stash(), bounds.pipes());
    }

    @Override
    public long configGeneration() {
        return 1;
    }

    @Override
    public boolean lastReloadSucceeded() {
        return true;
    }

    @Override
    public List<ConnectionView> connections(long afterId, int limit) {
        List<ConnectionView> all = new ArrayList<>();
        for (Worker worker : engine.workers()) {
            List<ConnectionView> here = engine.ask(worker.loop(), () -> worker.view(afterId, limit));
            if (here != null) {
                all.addAll(here);
            }
        }
        all.sort(Comparator.comparingLong(ConnectionView::id));
        return all.subList(0, Math.min(limit, all.size()));
    }

    @Override
    public boolean closeConnection(long id) {
        for (Worker worker : engine.workers()) {
            if (Boolean.TRUE.equals(engine.ask(worker.loop(), () -> worker.close(id, CloseReason.OPERATOR)))) {
                return true;
            }
        }
        return false;
    }

    ServerStats stats() {
        long total = 0;
        long acceptErrors = 0;
        Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
        long up = 0;
        long down = 0;
        for (Acceptor acceptor : engine.acceptors()) {
            ListenerTotals totals = ListenerTotals.sum(acceptor.service().counters());
            total += totals.accepted();
            acceptErrors += totals.acceptErrors();
            totals.closed().forEach((reason, count) -> closed.merge(reason, count, Long::sum));
            up += totals.bytes().getOrDefault(Direction.CLIENT_TO_UPSTREAM, 0L);
            down += totals.bytes().getOrDefault(Direction.UPSTREAM_TO_CLIENT, 0L);
        }
        long borrowed = 0;
        long peak = 0;
        long waits = 0;
        long stash = 0;
        for (Worker worker : engine.workers()) {
            MemoryFigures figures = worker.loop().memory().figures();
            borrowed += figures.borrowed();
            peak += figures.borrowedPeak();
            waits += figures.waits();
            stash += figures.stashBytes();
        }
        List<LoopView> loops = loops();
        MemoryUse memory = MemoryUse.sum(loops);
        PipeUse pipes = PipeUse.sum(loops);
        MemoryLimits limits = memoryLimits();
        return new ServerStats(engine.processLimit().active(), total, acceptErrors, Collections.unmodifiableMap(closed),
                up, down, borrowed, peak, waits, stash, pipes.borrowed(), pipes.movedBytes(),
                engine.workers().stream().map(Worker::connections).toList(), engine.pool().allocatedBytes(),
                new ServerStats.Memory(memory.poolReserved(), memory.poolReservedPeak(), limits.poolBytes()),
                new ServerStats.Memory(memory.stashReserved(), memory.stashReservedPeak(), limits.stashBytes()),
                new ServerStats.Memory(pipes.reserved(), pipes.reservedPeak(), limits.pipeBytes()));
    }
}
