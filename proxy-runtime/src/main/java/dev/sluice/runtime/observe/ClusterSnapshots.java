package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.List;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import org.jspecify.annotations.Nullable;

import static dev.sluice.runtime.observe.Snapshots.counter;
import static dev.sluice.runtime.observe.Snapshots.gauge;
import static dev.sluice.runtime.observe.Snapshots.histogram;
import static dev.sluice.runtime.observe.Snapshots.point;
import static dev.sluice.runtime.observe.Snapshots.times;
import static dev.sluice.runtime.observe.Snapshots.value;

/** Metrics of clusters as a whole: connects, queue, panic, the source of endpoints. One for a scrape. */
final class ClusterSnapshots {
    private final HistogramSnapshot.Builder seconds = histogram("upstream_connect_seconds",
            "Time from the connect call to the established connection to an endpoint.");
    private final CounterSnapshot.Builder failures = counter("upstream_connect_failures",
            "Failed attempts to connect to an endpoint, by reason.");
    private final GaugeSnapshot.Builder queued = gauge("queue_length",
            "Clients that wait for a place at an endpoint now.");
    private final HistogramSnapshot.Builder waits = histogram("queue_wait_seconds",
            "Time that a client has waited for a place at an endpoint, whether or not it got one.");
    private final GaugeSnapshot.Builder panic = gauge("cluster_panic",
            "1 while so few endpoints are up that health checks do not count.");
    private final GaugeSnapshot.Builder found = gauge("discovery_last_success_timestamp_seconds",
            "Time of the last good answer of the source of endpoints, since 1970; 0 before the first one.");

    private ClusterSnapshots() {}

    static void add(List<ClusterView> clusters, List<MetricSnapshot> all) {
        ClusterSnapshots snapshots = new ClusterSnapshots();
        clusters.forEach(snapshots::read);
        all.addAll(List.of(snapshots.seconds.build(), snapshots.failures.build(), snapshots.queued.build(),
                snapshots.waits.build(), snapshots.panic.build(), snapshots.found.build()));
    }

    private void read(ClusterView cluster) {
        Labels labels = Labels.of("cluster", cluster.name());
        ConnectTotals connect = cluster.connect();
        seconds.dataPoint(times(connect.buckets(), connect.sumNanos(), labels));
        connect.failures().forEach((reason, n) -> failures.dataPoint(point(n, labels.add("reason", reason.label()))));
        queued.dataPoint(value(cluster.queued(), labels));
        waits.dataPoint(times(connect.waits(), connect.waitNanos(), labels));
        panic.dataPoint(value(cluster.panic() ? 1 : 0, labels));
        EndpointSourceView source = cluster.source();
        if (source != null) {
            found.dataPoint(value(seconds(source.lastSuccess()), labels));
        }
    }

    private static double seconds(@Nullable Instant time) {
        return time == null ? 0 : time.toEpochMilli() / 1e3;
    }
}
