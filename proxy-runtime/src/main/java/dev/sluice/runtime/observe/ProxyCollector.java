package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * The collector that turns the view of the server into snapshots. Each part of the view is read once per scrape, so
 * that the numbers of one listener belong together.
 */
final class ProxyCollector implements MultiCollector {
    /** The state of an endpoint of which nobody wants to know whether it is up: it has left. */
    private static final String REMOVED = "removed";
    private static final String PREFIX = "sluice_";

    private final ProxyView view;
    private final LongSupplier accessLogDropped;

    ProxyCollector(ProxyView view, LongSupplier accessLogDropped) {
        this.view = view;
        this.accessLogDropped = accessLogDropped;
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricSnapshot> all = new ArrayList<>();
        listeners(view.listeners(), all);
        if (view.maxConnections() > 0) {
            all.add(gauge("connections_limit", "Most connections of all listeners together.")
                    .dataPoint(value(view.maxConnections())).build());
        }
        clusters(view.clusters(), all);
        loops(view.loops(), view.memoryLimits(), all);
        filters(view.filters(), all);
        all.add(
                counter("access_log_dropped", "Access-log lines lost because the queue was full or a write failed.")
                        .dataPoint(point(accessLogDropped.getAsLong()))
                        .build());
        all.add(
                gauge("config_generation", "Number of the configuration generation that serves now.")
                        .dataPoint(value(view.configGeneration()))
                        .build());
        reloads(view.reloads(), view.generationsAlive(), all);
        PluginLoaderStates loaders = view.pluginLoaders();
        all.add(
                gauge("plugin_loaders",
                        "Class loaders of plugins: serving, retired but in memory, and collected so far.")
                        .dataPoint(value(loaders.serving(), Labels.of("state", "serving")))
                        .dataPoint(value(loaders.retired(), Labels.of("state", "retired")))
                        .dataPoint(value(loaders.collected(), Labels.of("state", "collected")))
                        .build());
        return new MetricSnapshots(all);
    }

    private static void reloads(ReloadsView reloads, int generationsAlive, List<MetricSnapshot> all) {
        all.add(
                gauge("config_last_reload_success", "1 unless the last reload of the configuration was refused.")
                        .dataPoint(value(reloads.lastSucceeded() ? 1 : 0))
                        .build());
        all.add(
                gauge("config_last_reload_timestamp_seconds",
                        "Time of the last reload that was not refused, or of the start, since 1970.")
                        .dataPoint(value(reloads.lastEpochSeconds(), Labels.EMPTY))
                        .build());
        all.add(
                counter("config_reloads", "Reloads of the configuration, by result.")
                        .dataPoint(point(reloads.applied(), Labels.of("result", "applied")))
                        .dataPoint(point(reloads.unchanged(), Labels.of("result", "unchanged")))
                        .dataPoint(point(reloads.refused(), Labels.of("result", "refused")))
                        .build());
        all.add(
                gauge("config_generations_alive",
                        "Configuration generations that serve or still have connections.")
                        .dataPoint(value(generationsAlive))
                        .build());
    }

    private static void listeners(List<ListenerView> listeners, List<MetricSnapshot> all) {
        GaugeSnapshot.Builder active = gauge("connections_active", "Client connections open now.");
        GaugeSnapshot.Builder limits = gauge("listener_connections_limit",
                "Most connections of a listener, for those that have a limit of their own.");
        CounterSnapshot.Builder results = counter("connections",
                "Client connections by result: proxied reached an endpoint, failed ended before.");
        CounterSnapshot.Builder closed = counter("connection_close", "Client connections closed, by reason.");
        CounterSnapshot.Builder bytes = counter("bytes",
                "Bytes read from the sending side, including those of open connections.");
        CounterSnapshot.Builder acceptErrors = counter("accept_errors",
                "Calls of accept that the operating system refused.");
        CounterSnapshot.Builder headers = counter("proxy_headers",
                "Connections of listeners that read a PROXY header, by its result.");
        CounterSnapshot.Builder handshakes = counter("tls_handshakes",
                "TLS handshakes with clients, by result and version.");
        HistogramSnapshot.Builder handshakeTimes = HistogramSnapshot.builder().name(PREFIX + "tls_handshake_seconds")
                .help("Time from a client's first byte to the end of its TLS handshake, of those that have succeeded.");
        GaugeSnapshot.Builder open = gauge("tls_connections",
                "Client connections whose TLS ends here, by what they keep for it: their secrets only, or an engine.");
        GaugeSnapshot.Builder expiry = gauge("tls_certificate_not_after_seconds",
                "End of the validity of a certificate that is served, since 1970.");
        for (ListenerView listener : listeners) {
            String name = listener.name();
            ListenerTotals totals = listener.totals();
            Labels labels = Labels.of("listener", name);
            active.dataPoint(value(totals.active(), labels));
            if (listener.maxConnections() > 0) {
                limits.dataPoint(value(listener.maxConnections(), labels));
            }
            results.dataPoint(point(totals.proxied(), Labels.of("listener", name, "result", "proxied")));
            results.dataPoint(point(totals.failed(), Labels.of("listener", name, "result", "failed")));
            totals.closed().forEach(
                    (reason, n) -> closed.dataPoint(point(n, Labels.of("listener", name, "reason", reason.label()))));
            totals.bytes().forEach(
                    (direction, n) -> bytes
                            .dataPoint(point(n, Labels.of("listener", name, "direction", direction.label()))));
            acceptErrors.dataPoint(point(totals.acceptErrors(), labels));
            certificates(listener, expiry);
            TlsTotals tls = totals.tls();
            if (!listener.certificates().isEmpty() || tls.secrets() + tls.engines() > 0) {
                handshakeTimes.dataPoint(times(tls.buckets(), tls.sumNanos(), labels));
                open.dataPoint(value(tls.secrets(), labels.add("kind", "secrets")));
                open.dataPoint(value(tls.engines(), labels.add("kind", "engine")));
            }
            totals.handshakes().forEach((result, n) -> {
                if (n > 0 || (result == HandshakeResult.DONE_13 && !listener.certificates().isEmpty())) {
                    handshakes.dataPoint(point(n, Labels.of("listener", name, "result", result.label(), "version",
                            result.version())));
                }
            });
            totals.headers().forEach((result, n) -> {
                // The others would be many lines about nothing; after a reload, a listener may have read headers before.
                if (n > 0 || (result == HeaderResult.PROXIED && listener.readsHeaders())) {
                    headers.dataPoint(point(n, Labels.of("listener", name, "result", result.label())));
                }
            });
        }
        all.addAll(
                List.of(active.build(), limits.build(), results.build(), closed.build(), bytes.build(),
                        acceptErrors.build(),
                        headers.build(), handshakes.build(), handshakeTimes.build(), open.build(), expiry.build()));
    }

    private static void certificates(ListenerView listener, GaugeSnapshot.Builder expiry) {
        Set<Labels> seen = new HashSet<>();
        for (CertificateView certificate : listener.certificates()) {
            Labels labels = Labels.of("listener", listener.name(), "name", certificate.name(), "key_type",
                    certificate.keyType());
            // Two series with the same labels would make the whole scrape fail.
            if (seen.add(labels)) {
                expiry.dataPoint(value(certificate.notAfter().getEpochSecond(), labels));
            }
        }
    }

    private static void clusters(List<ClusterView> clusters, List<MetricSnapshot> all) {
        HistogramSnapshot.Builder seconds = HistogramSnapshot.builder().name(PREFIX + "upstream_connect_seconds")
                .help("Time from the connect call to the established connection to an endpoint.");
        CounterSnapshot.Builder failures = counter("upstream_connect_failures",
                "Failed attempts to connect to an endpoint, by reason.");
        GaugeSnapshot.Builder up = gauge("endpoint_up",
                "0 while the endpoint is avoided because connections or health checks have failed, otherwise 1.");
        GaugeSnapshot.Builder states = gauge("endpoint_state", "1 for the state that the endpoint is in.");
        CounterSnapshot.Builder checks = counter("health_checks", "Health checks of an endpoint, by result.");
        GaugeSnapshot.Builder found = gauge("discovery_last_success_timestamp_seconds",
                "Time of the last good answer of the source of endpoints, since 1970; 0 before the first one.");
        GaugeSnapshot.Builder queued = gauge("queue_length", "Clients that wait for a place at an endpoint now.");
        HistogramSnapshot.Builder waits = HistogramSnapshot.builder().name(PREFIX + "queue_wait_seconds")
                .help("Time that a client has waited for a place at an endpoint, whether or not it got one.");
        GaugeSnapshot.Builder open = gauge("upstream_tls_connections",
                "Connections to endpoints with TLS, by what they keep for it: their secrets only, or an engine.");
        GaugeSnapshot.Builder active = gauge("endpoint_connections_active", "Connections to the endpoint open now.");
        CounterSnapshot.Builder connects = counter("endpoint_connects",
                "Attempts of clients' connections to reach the endpoint, by result: connected or failed.");
        GaugeSnapshot.Builder panic = gauge("cluster_panic",
                "1 while so few endpoints are up that health checks do not count.");
        for (ClusterView cluster : clusters) {
            String name = cluster.name();
            Labels labels = Labels.of("cluster", name);
            open.dataPoint(value(cluster.connect().tlsSecrets(), labels.add("kind", "secrets")));
            open.dataPoint(value(cluster.connect().tlsEngines(), labels.add("kind", "engine")));
            seconds.dataPoint(times(cluster.connect().buckets(), cluster.connect().sumNanos(), labels));
            waits.dataPoint(times(cluster.connect().waits(), cluster.connect().waitNanos(), labels));
            queued.dataPoint(value(cluster.queued(), Labels.of("cluster", name)));
            cluster.connect().failures().forEach(
                    (reason, n) -> failures.dataPoint(point(n, Labels.of("cluster", name, "reason", reason.label()))));
            endpoints(cluster, up, states, checks);
            use(cluster, active, connects);
            EndpointSourceView source = cluster.source();
            if (source != null) {
                Instant last = source.lastSuccess();
                found.dataPoint(value(last == null ? 0 : last.toEpochMilli() / 1e3, Labels.of("cluster", name)));
            }
            panic.dataPoint(value(cluster.panic() ? 1 : 0, Labels.of("cluster", name)));
        }
        all.addAll(List.of(seconds.build(), failures.build(), up.build(), states.build(), active.build(),
                connects.build(), panic.build(),
                queued.build(), waits.build(), checks.build(), found.build(), open.build()));
    }

    private static void endpoints(ClusterView cluster, GaugeSnapshot.Builder up, GaugeSnapshot.Builder states,
            CounterSnapshot.Builder checks) {
        // An address may be listed twice; two series with the same labels would make the whole scrape fail.
        Map<String, Boolean> ups = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (EndpointView endpoint : cluster.endpoints()) {
            Labels labels = Labels.of("cluster", cluster.name(), "endpoint", endpoint.address());
            if (!endpoint.state().equals(REMOVED)) {
                ups.merge(endpoint.address(), endpoint.up(), Boolean::logicalOr);
            }
            if (seen.add(endpoint.address())) {
                states.dataPoint(value(1, labels.add("state", endpoint.state())));
                endpoint.checks().forEach(
                        (result, n) -> checks.dataPoint(point(n, labels.add("result", result))));
            }
        }
        ups.forEach((address, isUp) -> up
                .dataPoint(value(isUp ? 1 : 0, Labels.of("cluster", cluster.name(), "endpoint", address))));
    }

    /** The use of endpoints; entries with the same address are added up, also that of one which has left. */
    private static void use(ClusterView cluster, GaugeSnapshot.Builder active, CounterSnapshot.Builder connects) {
        Map<String, List<EndpointView>> byAddress = new LinkedHashMap<>();
        for (EndpointView endpoint : cluster.endpoints()) {
            byAddress.computeIfAbsent(endpoint.address(), address -> new ArrayList<>()).add(endpoint);
        }
        byAddress.forEach((address, entries) -> {
            Labels labels = Labels.of("cluster", cluster.name(), "endpoint", address);
            active.dataPoint(value(entries.stream().mapToInt(EndpointView::active).sum(), labels));
            connects.dataPoint(point(entries.stream().mapToLong(EndpointView::connects).sum(),
                    labels.add("result", "connected")));
            connects.dataPoint(point(entries.stream().mapToLong(EndpointView::connectFailures).sum(),
                    labels.add("result", "failed")));
        });
    }

    private static HistogramDataPointSnapshot times(List<Long> counts, long sumNanos, Labels labels) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counts.size(); i++) {
            buckets.bucket(ConnectCounters.bucketUpperBoundSeconds(i), counts.get(i));
        }
        return HistogramDataPointSnapshot.builder().classicHistogramBuckets(buckets.build())
                .sum(sumNanos / 1e9).labels(labels).build();
    }

    private static void loops(List<LoopView> loops, MemoryLimits limits, List<MetricSnapshot> all) {
        MemoryView memory = MemoryView.sum(loops);
        all.add(
                gauge("buffers_borrowed", "Read buffers lent to connections now.")
                        .dataPoint(value(memory.buffersBorrowed()))
                        .build());
        all.add(
                gauge("buffers_borrowed_peak",
                        "Most read buffers lent at once since the start, summed over the event loops.")
                        .dataPoint(value(memory.buffersBorrowedPeak())).build());
        all.add(
                counter("buffer_waits", "Waits of a connection's direction for a read buffer.")
                        .dataPoint(point(memory.bufferWaits())).build());
        all.add(
                gauge("stash_bytes", "Unsent bytes kept in the stash for slow receivers now.")
                        .dataPoint(value(memory.stashBytes()))
                        .build());
        PipeView pipes = PipeView.sum(loops);
        all.add(parts("memory_reserved_bytes", "Buffer memory held now, in use or not, by part.", memory.poolReserved(),
                memory.stashReserved(), pipes.reserved()));
        all.add(parts("memory_reserved_peak_bytes",
                "Most buffer memory held at once since the start, by part, summed over the event loops.",
                memory.poolReservedPeak(), memory.stashReservedPeak(), pipes.reservedPeak()));
        all.add(parts("memory_limit_bytes", "Configured bound of the buffer memory, by part.", limits.poolBytes(),
                limits.stashBytes(), limits.pipeBytes()));
        all.add(
                gauge("pipes_borrowed", "Kernel pipes lent to connections now.")
                        .dataPoint(value(pipes.borrowed())).build());
        all.add(
                counter("pipe_bytes", "Bytes that passed through kernel pipes without entering the process.")
                        .dataPoint(point(pipes.movedBytes())).build());
        all.add(
                perLoop(
                        gauge("loop_busy_ratio",
                                "Share of about the last 10 s in which the event loop did not wait for sockets."),
                        loops,
                        LoopView::busyRatio));
        all.add(
                perLoop(
                        gauge("loop_stall_seconds_max",
                                "Longest callback on the event loop since the start, of those above 0.1 s."),
                        loops,
                        LoopView::stallSecondsMax));
        all.add(
                perLoop(
                        gauge("loop_turn_seconds_max",
                                "Longest turn of the event loop, in which its connections waited, of the last one to two minutes."),
                        loops,
                        LoopView::turnSecondsMax));
    }

    private static void filters(List<FilterView> filters, List<MetricSnapshot> all) {
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
        all.addAll(List.of(decisions.build(), custom.build(), stalls.build(), retained.build(), quarantined.build()));
    }

    /** A gauge with a number for each bounded part of the buffer memory. */
    private static MetricSnapshot parts(String name, String help, long pool, long stash, long pipes) {
        return gauge(name, help).dataPoint(value(pool, Labels.of("part", "pool")))
                .dataPoint(value(stash, Labels.of("part", "stash")))
                .dataPoint(value(pipes, Labels.of("part", "pipes"))).build();
    }

    private static MetricSnapshot perLoop(
            GaugeSnapshot.Builder gauge, List<LoopView> loops, ToDoubleFunction<LoopView> number) {
        for (LoopView loop : loops) {
            gauge.dataPoint(value(number.applyAsDouble(loop), Labels.of("loop", Integer.toString(loop.index()))));
        }
        return gauge.build();
    }

    /** A counter. The library takes the name without {@code _total} and writes it with. */
    private static CounterSnapshot.Builder counter(String name, String help) {
        return CounterSnapshot.builder().name(PREFIX + name).help(help);
    }

    private static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(PREFIX + name).help(help);
    }

    private static CounterDataPointSnapshot point(long value) {
        return point(value, Labels.EMPTY);
    }

    private static CounterDataPointSnapshot point(long value, Labels labels) {
        return CounterDataPointSnapshot.builder().value((double) value).labels(labels).build();
    }

    private static GaugeDataPointSnapshot value(long value) {
        return value(value, Labels.EMPTY);
    }

    private static GaugeDataPointSnapshot value(long value, Labels labels) {
        return value((double) value, labels);
    }

    private static GaugeDataPointSnapshot value(double value, Labels labels) {
        return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
    }
}
