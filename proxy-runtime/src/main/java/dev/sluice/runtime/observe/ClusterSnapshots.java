package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.sluice.api.CloseReason;
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
    /**
     * Reasons that speak of a cluster and its endpoints, which are there from the start. All reasons of all clusters would
     * be most of a scrape, and many of them end connections before a cluster is chosen.
     */
    private static final Set<CloseReason> EXPECTED = EnumSet.of(CloseReason.UPSTREAM_FINISHED,
            CloseReason.UPSTREAM_RESET, CloseReason.UPSTREAM_WRITE_STALL, CloseReason.CONNECT_FAILED,
            CloseReason.CONNECT_TIMEOUT, CloseReason.NO_ENDPOINT, CloseReason.CLUSTER_FULL, CloseReason.QUEUE_FULL,
            CloseReason.QUEUE_TIMEOUT, CloseReason.UPSTREAM_TLS_FAILED, CloseReason.UPSTREAM_TLS_TIMEOUT);

    private final GaugeSnapshot.Builder active = gauge("cluster_connections_active",
            "Connections to endpoints of the cluster open now, or about to be.");
    private final GaugeSnapshot.Builder limits = gauge("cluster_connections_limit",
            "Most connections to all endpoints of the cluster together, for those that have a limit.");
    private final CounterSnapshot.Builder closed = counter("cluster_connection_close",
            "Client connections closed after the cluster had been chosen, by reason.");
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

    private final GaugeSnapshot.Builder failed = gauge("discovery_last_failure_timestamp_seconds",
            "Time of the last failure of the source of endpoints, since 1970; 0 if there was none.");
    private final GaugeSnapshot.Builder failing = gauge("discovery_failing",
            "1 while the source of endpoints fails, so that its last good answer is not confirmed, otherwise 0.");
    private final CounterSnapshot.Builder answers = counter("discovery_answers",
            "Answers of the source of endpoints, by result: good or failed.");

    private ClusterSnapshots() {}

    static void add(List<ClusterView> clusters, List<MetricSnapshot> all) {
        ClusterSnapshots snapshots = new ClusterSnapshots();
        clusters.forEach(snapshots::read);
        all.addAll(List.of(snapshots.seconds.build(), snapshots.failures.build(), snapshots.queued.build(),
                snapshots.waits.build(), snapshots.panic.build(), snapshots.found.build(),
                snapshots.failed.build(), snapshots.failing.build(), snapshots.answers.build(),
                snapshots.active.build(), snapshots.limits.build(), snapshots.closed.build()));
    }

    private void read(ClusterView cluster) {
        Labels labels = Labels.of("cluster", cluster.name());
        ConnectTotals connect = cluster.connect();
        active.dataPoint(value(cluster.active(), labels));
        if (cluster.maxConnections() > 0) {
            limits.dataPoint(value(cluster.maxConnections(), labels));
        }
        connect.closed().forEach((reason, n) -> {
            if (n > 0 || EXPECTED.contains(reason)) {
                closed.dataPoint(point(n, labels.add("reason", reason.label())));
            }
        });
        seconds.dataPoint(times(connect.buckets(), connect.sumNanos(), labels));
        connect.failures().forEach((reason, n) -> failures.dataPoint(point(n, labels.add("reason", reason.label()))));
        queued.dataPoint(value(cluster.queued(), labels));
        waits.dataPoint(times(connect.waits(), connect.waitNanos(), labels));
        panic.dataPoint(value(cluster.panic() ? 1 : 0, labels));
        EndpointSourceView source = cluster.source();
        if (source != null) {
            found.dataPoint(value(seconds(source.lastSuccess()), labels));
            failed.dataPoint(value(seconds(source.lastFailure()), labels));
            failing.dataPoint(value(source.stale() ? 1 : 0, labels));
            answers.dataPoint(point(source.successes(), labels.add("result", "good")));
            answers.dataPoint(point(source.failures(), labels.add("result", "failed")));
        }
    }

    private static double seconds(@Nullable Instant time) {
        return time == null ? 0 : time.toEpochMilli() / 1e3;
    }
}
