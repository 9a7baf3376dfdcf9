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

/** Metrics of filters. Stateless. */
final class FilterSnapshots {
    private FilterSnapshots() {}

    static void add(List<FilterView> filters, List<FaultsView> faults, List<MetricSnapshot> all) {
        CounterSnapshot.Builder decisions = counter("filter_decisions", "Events of filters, by decision.");
        CounterSnapshot.Builder custom = counter("filter_custom", "Counters that filters define themselves, by name.");
        CounterSnapshot.Builder stalls = counter("filter_stalls", "Filter callbacks that took longer than 0.1 s.");
        GaugeSnapshot.Builder retained = gauge("filter_retained_bytes", "Bytes that filters retain in copies now.");
        GaugeSnapshot.Builder quarantined = gauge("filter_quarantined",
                "1 while the filter is quarantined because of repeated offences, otherwise 0.");
        for (FilterView filter : filters) {
            Labels labels = Labels.of("listener", filter.listener(), "filter", filter.name());
            filter.decisions().forEach((decision, n) -> decisions.dataPoint(point(n,
                    Labels.of("listener", filter.listener(), "filter", filter.name(), "decision", decision))));
            filter.customCounters().forEach((name, n) -> custom.dataPoint(point(n, Labels.of("listener",
                    filter.listener(), "filter", filter.name(), "type", filter.type(), "name", name))));
            stalls.dataPoint(point(filter.stalls(), labels));
            retained.dataPoint(value(filter.retainedBytes(), labels));
            quarantined.dataPoint(value(filter.quarantined() ? 1 : 0, labels));
        }
        GaugeSnapshot.Builder active = gauge("faults_active",
                "Faults that the filter injects, by the configuration or by a command.");
        for (FaultsView injecting : faults) {
            active.dataPoint(value(injecting.active(),
                    Labels.of("listener", injecting.listener(), "filter", injecting.filter())));
        }
        all.addAll(List.of(active.build(), decisions.build(), custom.build(), stalls.build(), retained.build(),
                quarantined.build()));
    }
}
