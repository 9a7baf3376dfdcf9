package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    private final GaugeSnapshot.Builder upstreamExpiry = gauge("upstream_tls_certificate_not_after_seconds",
            "End of the validity of the certificate that is shown to endpoints, since 1970.");
    private final GaugeSnapshot.Builder revocations = gauge("tls_crl_next_update_seconds",
            "End of the validity of a list of revoked certificates, since 1970; 0 if it does not say one.");

    private TlsSnapshots() {}

    static void add(List<ListenerView> listeners, List<ClusterView> clusters, List<MetricSnapshot> all) {
        TlsSnapshots snapshots = new TlsSnapshots();
        listeners.forEach(snapshots::read);
        clusters.forEach(snapshots::read);
        all.addAll(List.of(snapshots.handshakes.build(), snapshots.handshakeTimes.build(), snapshots.open.build(),
                snapshots.upstream.build(), snapshots.expiry.build(),
                snapshots.upstreamExpiry.build(), snapshots.revocations.build()));
    }

    private void read(ListenerView listener) {
        Labels labels = Labels.of("listener", listener.name());
        boolean terminates = !listener.certificates().isEmpty();
        TlsTotals tls = listener.totals().tls();
        if (terminates || tls.secrets() + tls.engines() > 0) {
            handshakeTimes.dataPoint(times(tls.buckets(), tls.sumNanos(), labels));
            open.dataPoint(value(tls.secrets(), labels.add("kind", "secrets")));
            open.dataPoint(value(tls.engines(), labels.add("kind", "engine")));
        }
        listener.totals().handshakes().forEach((result, n) -> {
            if (n > 0 || (result == HandshakeResult.DONE_13 && terminates)) {
                handshakes.dataPoint(point(n, Labels.of("listener", listener.name(), "result", result.label(),
                        "version", result.version())));
            }
        });
        // Two authorities may have given one number, and two series with the same labels would make the whole scrape fail.
        Map<Labels, Long> ends = new LinkedHashMap<>();
        for (CertificateView certificate : listener.certificates()) {
            ends.merge(labels(labels, certificate), certificate.notAfter().getEpochSecond(), Long::min);
        }
        ends.forEach((own, end) -> expiry.dataPoint(value(end, own)));
        revocations(labels, listener.revocations());
    }

    private void read(ClusterView cluster) {
        Labels labels = Labels.of("cluster", cluster.name());
        upstream.dataPoint(value(cluster.connect().tlsSecrets(), labels.add("kind", "secrets")));
        upstream.dataPoint(value(cluster.connect().tlsEngines(), labels.add("kind", "engine")));
        CertificateView shown = cluster.certificate();
        if (shown != null) {
            upstreamExpiry.dataPoint(value(shown.notAfter().getEpochSecond(), labels(labels, shown)));
        }
    }

    private static Labels labels(Labels place, CertificateView certificate) {
        return place.merge(Labels.of("name", certificate.name(), "key_type", certificate.keyType(), "serial",
                certificate.serial()));
    }

    /** The ends of lists by their issuers: of several lists of one, that which ends last, since it is the one that counts. */
    private void revocations(Labels place, List<RevocationsView> lists) {
        Map<String, Long> ends = new LinkedHashMap<>();
        for (RevocationsView list : lists) {
            Instant end = list.nextUpdate();
            ends.merge(list.issuer(), end == null ? 0 : end.getEpochSecond(), Long::max);
        }
        ends.forEach((issuer, end) -> revocations.dataPoint(value(end, place.add("issuer", issuer))));
    }
}
