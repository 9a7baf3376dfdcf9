package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The metrics of what ends at a date: certificates, shown to clients or to endpoints, and lists of revoked ones. */
class ExpiryMetricsTest {
    private static final String NOT_AFTER = "sluice_tls_certificate_not_after_seconds";
    private static final String NEXT_UPDATE = "sluice_tls_crl_next_update_seconds";

    private final TestingProxyView view = TestingProxyView.ready();

    private TestingMetricsText scrape() {
        return new TestingMetricsText(new Metrics(view, () -> 0).scrape());
    }

    private static CertificateView certificate(String serial, long notAfter) {
        return new CertificateView("a.example", List.of("a.example"), "EC", serial, Instant.ofEpochSecond(notAfter));
    }

    private void listener(List<CertificateView> certificates, List<RevocationsView> lists) {
        ListenerView edge = view.listeners.removeFirst();
        view.listeners.add(new ListenerView("edge", edge.address(), edge.clusters(), 0, "open", false, edge.totals(),
                certificates, "jdk", "chosen", lists));
    }

    @Test
    void certificatesWithOneFirstNameAreDistinct() {
        listener(List.of(certificate("0A", 1_000), certificate("0B", 2_000)), List.of());
        TestingMetricsText text = scrape();
        assertEquals(1_000, text.value(NOT_AFTER, "listener", "edge", "name", "a.example", "key_type", "EC", "serial",
                "0A"));
        assertEquals(2_000, text.value(NOT_AFTER, "listener", "edge", "name", "a.example", "key_type", "EC", "serial",
                "0B"));
    }

    /** Two authorities may give the same number; two series with the same labels would make the whole scrape fail. */
    @Test
    void ofCertificatesWithEqualLabelsTheFirstToEndCounts() {
        listener(List.of(certificate("0A", 2_000), certificate("0A", 1_000)), List.of());
        assertEquals(1_000, scrape().value(NOT_AFTER, "listener", "edge", "name", "a.example", "key_type", "EC",
                "serial", "0A"));
    }

    @Test
    void listsOfRevokedCertificatesByTheirIssuers() {
        listener(List.of(), List.of(new RevocationsView("CN=one", Instant.ofEpochSecond(500)),
                new RevocationsView("CN=one", Instant.ofEpochSecond(700)), new RevocationsView("CN=two", null)));
        TestingMetricsText text = scrape();
        assertEquals(700, text.value(NEXT_UPDATE, "listener", "edge", "issuer", "CN=one"));
        assertEquals(0, text.value(NEXT_UPDATE, "listener", "edge", "issuer", "CN=two"));
        assertEquals(2, text.series(NEXT_UPDATE).size());
    }

    @Test
    void certificatesThatAreShownToEndpoints() {
        String name = "sluice_upstream_tls_certificate_not_after_seconds";
        assertTrue(scrape().series(name).isEmpty());
        ClusterView web = view.clusters.removeFirst();
        view.clusters.add(new ClusterView("web", web.loadBalancing(), 0, 0, web.endpoints(), false, 0, web.connect(),
                null, certificate("0C", 3_000)));
        assertEquals(Set.of("{cluster=web, key_type=EC, name=a.example, serial=0C}"), scrape().series(name));
        assertEquals(3_000, scrape().value(name, "cluster", "web", "name", "a.example", "key_type", "EC", "serial",
                "0C"));
    }
}
