package dev.sluice.runtime.observe;

import java.util.List;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import static dev.sluice.runtime.observe.Snapshots.counter;
import static dev.sluice.runtime.observe.Snapshots.gauge;
import static dev.sluice.runtime.observe.Snapshots.point;
import static dev.sluice.runtime.observe.Snapshots.value;

/** Metrics of the configuration that serves, its reloads and the plugins that it has brought. Stateless. */
final class ConfigSnapshots {
    private ConfigSnapshots() {}

    static void add(ProxyView view, List<MetricSnapshot> all) {
        all.add(gauge("config_generation", "Number of the configuration generation that serves now.")
                .dataPoint(value(view.configGeneration())).build());
        reloads(view.reloads(), all);
        all.add(gauge("config_generations_alive", "Configuration generations that serve or still have connections.")
                .dataPoint(value(view.generationsAlive())).build());
        PluginLoaderStates loaders = view.pluginLoaders();
        all.add(gauge("plugin_loaders",
                "Class loaders of plugins: serving, retired but in memory, and collected so far.")
                .dataPoint(value(loaders.serving(), Labels.of("state", "serving")))
                .dataPoint(value(loaders.retired(), Labels.of("state", "retired")))
                .dataPoint(value(loaders.collected(), Labels.of("state", "collected"))).build());
    }

    private static void reloads(ReloadsView reloads, List<MetricSnapshot> all) {
        all.add(gauge("config_last_reload_success", "1 unless the last reload of the configuration was refused.")
                .dataPoint(value(reloads.lastSucceeded() ? 1 : 0)).build());
        all.add(gauge("config_last_reload_timestamp_seconds",
                "Time of the last reload that was not refused, or of the start, since 1970.")
                .dataPoint(value(reloads.lastEpochSeconds(), Labels.EMPTY)).build());
        all.add(counter("config_reloads", "Reloads of the configuration, by result.")
                .dataPoint(point(reloads.applied(), Labels.of("result", "applied")))
                .dataPoint(point(reloads.unchanged(), Labels.of("result", "unchanged")))
                .dataPoint(point(reloads.refused(), Labels.of("result", "refused"))).build());
    }
}
