package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * The collector that turns the view of the server into snapshots. Each part of the view is read once per scrape, so
 * that the numbers of one listener belong together.
 */
final class ProxyCollector implements MultiCollector {
    private final ProxyView view;
    private final LongSupplier accessLogDropped;

    ProxyCollector(ProxyView view, LongSupplier accessLogDropped) {
        this.view = view;
        this.accessLogDropped = accessLogDropped;
    }

    @Override
    public MetricSnapshots collect() {
        List<ListenerView> listeners = view.listeners();
        List<ClusterView> clusters = view.clusters();
        List<MetricSnapshot> all = new ArrayList<>();
        ServerSnapshots.add(view, listeners, clusters, accessLogDropped.getAsLong(), all);
        ConfigSnapshots.add(view, all);
        ListenerSnapshots.add(listeners, all);
        TlsSnapshots.add(listeners, clusters, all);
        ClusterSnapshots.add(clusters, all);
        EndpointSnapshots.add(clusters, all);
        LoopSnapshots.add(view.loops(), view.memoryLimits(), all);
        FilterSnapshots.add(view.filters(), view.faults(), all);
        return new MetricSnapshots(all);
    }
}
