package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import static dev.sluice.runtime.observe.Snapshots.counter;
import static dev.sluice.runtime.observe.Snapshots.gauge;
import static dev.sluice.runtime.observe.Snapshots.point;
import static dev.sluice.runtime.observe.Snapshots.value;

/** Metrics of single endpoints. One for a scrape. */
final class EndpointSnapshots {
    /** The state of an endpoint of which nobody wants to know whether it is up: it has left. */
    private static final String REMOVED = "removed";

    private final GaugeSnapshot.Builder up = gauge("endpoint_up",
            "0 while the endpoint is avoided because connections or health checks have failed, otherwise 1.");
    private final GaugeSnapshot.Builder states = gauge("endpoint_state", "1 for the state that the endpoint is in.");
    private final CounterSnapshot.Builder checks = counter("health_checks",
            "Health checks of an endpoint, by result.");
    private final GaugeSnapshot.Builder active = gauge("endpoint_connections_active",
            "Connections to the endpoint open now.");
    private final GaugeSnapshot.Builder limits = gauge("endpoint_connections_limit",
            "Most connections to the endpoint, for those that have a limit.");
    private final CounterSnapshot.Builder connects = counter("endpoint_connects",
            "Attempts of clients' connections to reach the endpoint, by result: connected or failed.");

    private EndpointSnapshots() {}

    static void add(List<ClusterView> clusters, List<MetricSnapshot> all) {
        EndpointSnapshots snapshots = new EndpointSnapshots();
        clusters.forEach(snapshots::read);
        all.addAll(List.of(snapshots.up.build(), snapshots.states.build(), snapshots.checks.build(),
                snapshots.active.build(), snapshots.limits.build(), snapshots.connects.build()));
    }

    private void read(ClusterView cluster) {
        // An address may be listed twice; two series with the same labels would make the whole scrape fail.
        Map<String, List<EndpointView>> byAddress = new LinkedHashMap<>();
        for (EndpointView endpoint : cluster.endpoints()) {
            byAddress.computeIfAbsent(endpoint.address(), address -> new ArrayList<>(1)).add(endpoint);
        }
        byAddress.forEach(
                (address, entries) -> read(Labels.of("cluster", cluster.name(), "endpoint", address), entries));
    }

    /** @param entries of one address, that of one which has left among them; what is counted is added up */
    private void read(Labels labels, List<EndpointView> entries) {
        EndpointView first = entries.getFirst();
        states.dataPoint(value(1, labels.add("state", first.state())));
        first.checks().forEach((result, n) -> checks.dataPoint(point(n, labels.add("result", result))));
        boolean serves = false;
        boolean isUp = false;
        long open = 0;
        long limit = 0;
        long connected = 0;
        long failed = 0;
        for (EndpointView entry : entries) {
            serves |= !entry.state().equals(REMOVED);
            isUp |= entry.up() && !entry.state().equals(REMOVED);
            open += entry.active();
            limit += entry.maxConnections();
            connected += entry.connects();
            failed += entry.connectFailures();
        }
        if (serves) {
            up.dataPoint(value(isUp ? 1 : 0, labels));
        }
        active.dataPoint(value(open, labels));
        if (limit > 0) {
            limits.dataPoint(value(limit, labels));
        }
        connects.dataPoint(point(connected, labels.add("result", "connected")));
        connects.dataPoint(point(failed, labels.add("result", "failed")));
    }
}
