package dev.sluice.runtime.observe;

import java.util.List;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import static dev.sluice.runtime.observe.Snapshots.counter;
import static dev.sluice.runtime.observe.Snapshots.gauge;
import static dev.sluice.runtime.observe.Snapshots.point;
import static dev.sluice.runtime.observe.Snapshots.value;

/** Metrics of the server as a whole. Stateless. */
final class ServerSnapshots {
    private ServerSnapshots() {}

    static void add(ProxyView view, List<ListenerView> listeners, List<ClusterView> clusters, long accessLogDropped,
            List<MetricSnapshot> all) {
        BuildView build = view.build();
        all.add(gauge("build_info", "1, with the versions of the proxy and of Java.")
                .dataPoint(value(1, Labels.of("version", build.version(), "java", build.java()))).build());
        ServerState state = view.state();
        boolean ready = Readiness.reasons(state, listeners, Readiness.byName(clusters)).isEmpty();
        all.add(gauge("ready", "1 while the server serves and each listener has a usable endpoint, as /ready says.")
                .dataPoint(value(ready ? 1 : 0)).build());
        all.add(gauge("server_state", "1 for the state that the server is in.")
                .dataPoint(value(1, Labels.of("state", state.label()))).build());
        if (view.maxConnections() > 0) {
            all.add(gauge("connections_limit", "Most connections of all listeners together.")
                    .dataPoint(value(view.maxConnections())).build());
        }
        all.add(counter("access_log_dropped", "Access-log lines lost because the queue was full or a write failed.")
                .dataPoint(point(accessLogDropped)).build());
    }
}
