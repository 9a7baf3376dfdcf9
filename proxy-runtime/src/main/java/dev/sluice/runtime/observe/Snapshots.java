package dev.sluice.runtime.observe;

import java.util.List;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

/** The words of the library for metrics and their series. Stateless. */
final class Snapshots {
    private static final String PREFIX = "sluice_";

    private Snapshots() {}

    /** A counter. The library takes the name without {@code _total} and writes it with. */
    static CounterSnapshot.Builder counter(String name, String help) {
        return CounterSnapshot.builder().name(PREFIX + name).help(help);
    }

    static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(PREFIX + name).help(help);
    }

    static HistogramSnapshot.Builder histogram(String name, String help) {
        return HistogramSnapshot.builder().name(PREFIX + name).help(help);
    }

    static CounterDataPointSnapshot point(long value) {
        return point(value, Labels.EMPTY);
    }

    static CounterDataPointSnapshot point(long value, Labels labels) {
        return CounterDataPointSnapshot.builder().value((double) value).labels(labels).build();
    }

    static GaugeDataPointSnapshot value(long value) {
        return value(value, Labels.EMPTY);
    }

    static GaugeDataPointSnapshot value(long value, Labels labels) {
        return value((double) value, labels);
    }

    static GaugeDataPointSnapshot value(double value, Labels labels) {
        return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
    }

    /** Times by the buckets of {@link ConnectCounters}. */
    static HistogramDataPointSnapshot times(List<Long> counts, long sumNanos, Labels labels) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counts.size(); i++) {
            buckets.bucket(ConnectCounters.bucketUpperBoundSeconds(i), counts.get(i));
        }
        return HistogramDataPointSnapshot.builder().classicHistogramBuckets(buckets.build())
                .sum(sumNanos / 1e9).labels(labels).build();
    }
}
