package dev.sluice.runtime.observe;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import static dev.sluice.runtime.observe.Snapshots.counter;
import static dev.sluice.runtime.observe.Snapshots.gauge;
import static dev.sluice.runtime.observe.Snapshots.histogram;
import static dev.sluice.runtime.observe.Snapshots.point;
import static dev.sluice.runtime.observe.Snapshots.times;
import static dev.sluice.runtime.observe.Snapshots.value;

/** Metrics of TLS on both sides: handshakes, connections, and what expires. One for a scrape. */
final class TlsSnapshots {
    private final CounterSnapshot.Builder handshakes = counter("tls_handshakes",
            "TLS handshakes with clients, by result and version.");
    private final HistogramSnapshot.Builder handshakeTimes = histogram("tls_handshake_seconds",
            "Time from a client's first byte to the end of its TLS handshake, of those that have succeeded.");
    private final GaugeSnapshot.Builder open = gauge("tls_connections",
            "Client connections whose TLS ends here, by what they keep for it: their secrets only, or an engine.");
    private final GaugeSnapshot.Builder upstream = gauge("upstream_tls_connections",
            "Connections to endpoints with TLS, by what they keep for it: their secrets only, or an engine.");
    private final GaugeSnapshot.Builder expiry = gauge("tls_certificate_not_after_seconds",
            "End of the validity of a certificate that is served, since 1970.");

    private TlsSnapshots() {}

    static void add(List<ListenerView> listeners, List<ClusterView> clusters, List<MetricSnapshot> all) {
        TlsSnapshots snapshots = new TlsSnapshots();
        listeners.forEach(snapshots::read);
        clusters.forEach(snapshots::read);
        all.addAll(List.of(snapshots.handshakes.build(), snapshots.handshakeTimes.build(), snapshots.open.build(),
                snapshots.upstream.build(), snapshots.expiry.build()));
    }

    private void read(ListenerView listener) {
        Labels labels = Labels.of("listener", listener.name());
        boolean ends = !listener.certificates().isEmpty();
        TlsTotals tls = listener.totals().tls();
        if (ends || tls.secrets() + tls.engines() > 0) {
            handshakeTimes.dataPoint(times(tls.buckets(), tls.sumNanos(), labels));
            open.dataPoint(value(tls.secrets(), labels.add("kind", "secrets")));
            open.dataPoint(value(tls.engines(), labels.add("kind", "engine")));
        }
        listener.totals().handshakes().forEach((result, n) -> {
            if (n > 0 || (result == HandshakeResult.DONE_13 && ends)) {
                handshakes.dataPoint(point(n, Labels.of("listener", listener.name(), "result", result.label(),
                        "version", result.version())));
            }
        });
        Set<Labels> seen = new HashSet<>();
        for (CertificateView certificate : listener.certificates()) {
            Labels own = Labels.of("listener", listener.name(), "name", certificate.name(), "key_type",
                    certificate.keyType());
            // Two series with the same labels would make the whole scrape fail.
            if (seen.add(own)) {
                expiry.dataPoint(value(certificate.notAfter().getEpochSecond(), own));
            }
        }
    }

    private void read(ClusterView cluster) {
        Labels labels = Labels.of("cluster", cluster.name());
        upstream.dataPoint(value(cluster.connect().tlsSecrets(), labels.add("kind", "secrets")));
        upstream.dataPoint(value(cluster.connect().tlsEngines(), labels.add("kind", "engine")));
    }
}
