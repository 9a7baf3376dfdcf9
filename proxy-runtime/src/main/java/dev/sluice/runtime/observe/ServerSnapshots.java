package dev.sluice.runtime.observe;

import java.util.List;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import static dev.sluice.runtime.observe.Snapshots.counter;
import static dev.sluice.runtime.observe.Snapshots.gauge;
import static dev.sluice.runtime.observe.Snapshots.point;
import static dev.sluice.runtime.observe.Snapshots.value;

/** Metrics of the server as a whole. Stateless. */
final class ServerSnapshots {
    private ServerSnapshots() {}

    static void add(ProxyView view, long accessLogDropped, List<MetricSnapshot> all) {
        if (view.maxConnections() > 0) {
            all.add(gauge("connections_limit", "Most connections of all listeners together.")
                    .dataPoint(value(view.maxConnections())).build());
        }
        all.add(counter("access_log_dropped", "Access-log lines lost because the queue was full or a write failed.")
                .dataPoint(point(accessLogDropped)).build());
    }
}
