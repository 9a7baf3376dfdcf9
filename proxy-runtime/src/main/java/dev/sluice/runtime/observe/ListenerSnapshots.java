package dev.sluice.runtime.observe;

import java.util.List;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import static dev.sluice.runtime.observe.Snapshots.counter;
import static dev.sluice.runtime.observe.Snapshots.gauge;
import static dev.sluice.runtime.observe.Snapshots.point;
import static dev.sluice.runtime.observe.Snapshots.value;

/** Metrics of listeners and of the connections of their clients. One for a scrape. */
final class ListenerSnapshots {
    private final GaugeSnapshot.Builder active = gauge("connections_active", "Client connections open now.");
    private final GaugeSnapshot.Builder states = gauge("listener_state", "1 for the state that the listener is in.");
    private final GaugeSnapshot.Builder limits = gauge("listener_connections_limit",
            "Most connections of a listener, for those that have a limit of their own.");
    private final CounterSnapshot.Builder results = counter("connections",
            "Client connections by result: proxied reached an endpoint, failed ended before.");
    private final CounterSnapshot.Builder closed = counter("connection_close", "Client connections closed, by reason.");
    private final CounterSnapshot.Builder bytes = counter("bytes",
            "Bytes read from the sending side, including those of open connections.");
    private final CounterSnapshot.Builder acceptErrors = counter("accept_errors",
            "Calls of accept that the operating system refused.");
    private final CounterSnapshot.Builder headers = counter("proxy_headers",
            "Connections of listeners that read a PROXY header, by its result.");

    private ListenerSnapshots() {}

    static void add(List<ListenerView> listeners, List<MetricSnapshot> all) {
        ListenerSnapshots snapshots = new ListenerSnapshots();
        listeners.forEach(snapshots::read);
        all.addAll(List.of(snapshots.active.build(), snapshots.states.build(), snapshots.limits.build(),
                snapshots.results.build(),
                snapshots.closed.build(), snapshots.bytes.build(), snapshots.acceptErrors.build(),
                snapshots.headers.build()));
    }

    private void read(ListenerView listener) {
        ListenerTotals totals = listener.totals();
        Labels labels = Labels.of("listener", listener.name());
        active.dataPoint(value(totals.active(), labels));
        states.dataPoint(value(1, labels.add("state", listener.state())));
        if (listener.maxConnections() > 0) {
            limits.dataPoint(value(listener.maxConnections(), labels));
        }
        results.dataPoint(point(totals.proxied(), labels.add("result", "proxied")));
        results.dataPoint(point(totals.failed(), labels.add("result", "failed")));
        totals.closed().forEach((reason, n) -> closed.dataPoint(point(n, labels.add("reason", reason.label()))));
        totals.bytes().forEach((direction, n) -> bytes.dataPoint(point(n, labels.add("direction", direction.label()))));
        acceptErrors.dataPoint(point(totals.acceptErrors(), labels));
        totals.headers().forEach((result, n) -> {
            // The others would be many lines about nothing; after a reload, a listener may have read headers before.
            if (n > 0 || (result == HeaderResult.PROXIED && listener.readsHeaders())) {
                headers.dataPoint(point(n, labels.add("result", result.label())));
            }
        });
    }
}
