package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MetricsTest {
    private static TestingMetricsText scrape(TestingProxyView view) {
        return new TestingMetricsText(new Metrics(view, () -> 17).scrape());
    }

    @Test
    void namesAndTypesAreThoseOfTheContract() {
        Map<String, String> expected = new TreeMap<>();
        expected.put("sluice_build_info", "gauge");
        expected.put("sluice_ready", "gauge");
        expected.put("sluice_server_state", "gauge");
        expected.put("sluice_listener_state", "gauge");
        expected.put("sluice_faults_active", "gauge");
        expected.put("sluice_tls_crl_next_update_seconds", "gauge");
        expected.put("sluice_upstream_tls_certificate_not_after_seconds", "gauge");
        expected.put("sluice_cluster_connections_active", "gauge");
        expected.put("sluice_cluster_connections_limit", "gauge");
        expected.put("sluice_cluster_connection_close_total", "counter");
        expected.put("sluice_endpoint_connections_limit", "gauge");
        expected.put("sluice_discovery_last_failure_timestamp_seconds", "gauge");
        expected.put("sluice_discovery_failing", "gauge");
        expected.put("sluice_discovery_answers_total", "counter");
        expected.put("sluice_connections_active", "gauge");
        expected.put("sluice_connections_limit", "gauge");
        expected.put("sluice_listener_connections_limit", "gauge");
        expected.put("sluice_connections_total", "counter");
        expected.put("sluice_connection_close_total", "counter");
        expected.put("sluice_bytes_total", "counter");
        expected.put("sluice_accept_errors_total", "counter");
        expected.put("sluice_proxy_headers_total", "counter");
        expected.put("sluice_tls_handshakes_total", "counter");
        expected.put("sluice_tls_handshake_seconds", "histogram");
        expected.put("sluice_tls_connections", "gauge");
        expected.put("sluice_tls_certificate_not_after_seconds", "gauge");
        expected.put("sluice_upstream_connect_seconds", "histogram");
        expected.put("sluice_upstream_connect_failures_total", "counter");
        expected.put("sluice_endpoint_up", "gauge");
        expected.put("sluice_endpoint_state", "gauge");
        expected.put("sluice_endpoint_connections_active", "gauge");
        expected.put("sluice_endpoint_connects_total", "counter");
        expected.put("sluice_cluster_panic", "gauge");
        expected.put("sluice_health_checks_total", "counter");
        expected.put("sluice_queue_length", "gauge");
        expected.put("sluice_discovery_last_success_timestamp_seconds", "gauge");
        expected.put("sluice_queue_wait_seconds", "histogram");
        expected.put("sluice_upstream_tls_connections", "gauge");
        expected.put("sluice_buffers_borrowed", "gauge");
        expected.put("sluice_buffers_borrowed_peak", "gauge");
        expected.put("sluice_buffer_waits_total", "counter");
        expected.put("sluice_stash_bytes", "gauge");
        expected.put("sluice_memory_reserved_bytes", "gauge");
        expected.put("sluice_memory_reserved_peak_bytes", "gauge");
        expected.put("sluice_memory_limit_bytes", "gauge");
        expected.put("sluice_pipes_borrowed", "gauge");
        expected.put("sluice_pipe_bytes_total", "counter");
        expected.put("sluice_loop_busy_ratio", "gauge");
        expected.put("sluice_loop_stall_seconds_max", "gauge");
        expected.put("sluice_loop_turn_seconds_max", "gauge");
        expected.put("sluice_config_generation", "gauge");
        expected.put("sluice_config_last_reload_success", "gauge");
        expected.put("sluice_config_last_reload_timestamp_seconds", "gauge");
        expected.put("sluice_config_reloads_total", "counter");
        expected.put("sluice_config_generations_alive", "gauge");
        expected.put("sluice_plugin_loaders", "gauge");
        expected.put("sluice_access_log_dropped_total", "counter");
        expected.put("sluice_filter_decisions_total", "counter");
        expected.put("sluice_filter_custom_total", "counter");
        expected.put("sluice_filter_stalls_total", "counter");
        expected.put("sluice_filter_retained_bytes", "gauge");
        expected.put("sluice_filter_quarantined", "gauge");
        TestingProxyView view = TestingProxyView.ready();
        CertificateView shown = view.listeners.getFirst().certificates().getFirst();
        ClusterView found = TestingProxyView.discovered("pg", Instant.EPOCH);
        view.clusters.add(new ClusterView(found.name(), found.loadBalancing(), 0, 0, List.of(), false, 0,
                found.connect(), found.source(), shown));
        view.listeners
                .add(view.listeners.removeFirst().comparing(List.of(new RevocationsView("CN=ca", Instant.EPOCH))));
        view.faults.add(new FaultsView("edge", "chaos", 0));
        assertEquals(expected, scrape(view).families("sluice_"));
    }

    @Test
    void everySeriesOfAClosedSetExistsFromTheStart() {
        TestingMetricsText text = scrape(TestingProxyView.ready());
        for (CloseReason reason : CloseReason.values()) {
            assertEquals(
                    0,
                    text.value("sluice_connection_close_total", "listener", "edge", "reason", reason.label()));
        }
        for (Direction direction : Direction.values()) {
            assertEquals(0, text.value("sluice_bytes_total", "listener", "edge", "direction", direction.label()));
        }
        for (ConnectFailure failure : ConnectFailure.values()) {
            assertEquals(
                    0,
                    text.value("sluice_upstream_connect_failures_total", "cluster", "web", "reason", failure.label()));
        }
        for (String result : new String[]{"proxied", "failed"}) {
            assertEquals(0, text.value("sluice_connections_total", "listener", "edge", "result", result));
        }
        assertEquals(0, text.value("sluice_upstream_connect_seconds_count", "cluster", "web"));
        assertEquals(CloseReason.values().length, text.series("sluice_connection_close_total").size());
    }

    @Test
    void valuesOfListeners() {
        ListenerCounters edge = new ListenerCounters("edge");
        ListenerCounters odd = new ListenerCounters("odd \"name\"\n\\");
        for (int i = 0; i < 5; i++) {
            edge.accepted();
        }
        edge.proxied();
        edge.proxied();
        edge.failed();
        edge.closed(CloseReason.CLIENT_FINISHED);
        edge.closed(CloseReason.CONNECT_TIMEOUT);
        edge.bytes(Direction.UPSTREAM_TO_CLIENT, 1L << 40);
        edge.acceptError();
        odd.accepted();
        TestingProxyView view = TestingProxyView.ready();
        view.listeners.clear();
        view.listeners.add(TestingProxyView.listener("edge", "web", edge));
        view.listeners.add(TestingProxyView.listener(odd.listener(), "web", odd));

        TestingMetricsText text = scrape(view);

        assertEquals(3, text.value("sluice_connections_active", "listener", "edge"));
        assertEquals(1, text.value("sluice_connections_active", "listener", "odd \\\"name\\\"\\n\\\\"));
        assertEquals(2, text.value("sluice_connections_total", "listener", "edge", "result", "proxied"));
        assertEquals(1, text.value("sluice_connections_total", "listener", "edge", "result", "failed"));
        assertEquals(1, text.value("sluice_connection_close_total", "listener", "edge", "reason", "connect-timeout"));
        assertEquals(
                1L << 40,
                text.value("sluice_bytes_total", "listener", "edge", "direction", "upstream-to-client"));
        assertEquals(1, text.value("sluice_accept_errors_total", "listener", "edge"));
    }

    /** A listener that reads no header has no series about them, unless it has read some before a reload. */
    @Test
    void headersOfListenersThatReadThem() {
        ListenerCounters before = new ListenerCounters("before");
        before.header(HeaderResult.LOCAL);
        TestingProxyView view = TestingProxyView.ready();
        view.listeners.clear();
        view.listeners.add(TestingProxyView.listener("reads", "web", true, new ListenerCounters("reads")));
        view.listeners.add(TestingProxyView.listener("plain", "web", false, new ListenerCounters("plain")));
        view.listeners.add(TestingProxyView.listener("before", "web", false, before));
        TestingMetricsText text = scrape(view);
        assertEquals(0, text.value("sluice_proxy_headers_total", "listener", "reads", "result", "proxied"));
        assertEquals(1, text.value("sluice_proxy_headers_total", "listener", "before", "result", "local"));
        assertEquals(2, text.series("sluice_proxy_headers_total").size());
    }

    @Test
    void valuesOfClusters() {
        ConnectCounters counters = new ConnectCounters("web");
        counters.connected(50_000);
        counters.connected(400_000);
        counters.connected(3_000_000_000L);
        counters.connected(60_000_000_000L);
        counters.failed(ConnectFailure.REFUSED);
        TestingProxyView view = TestingProxyView.ready();
        view.clusters.clear();
        view.clusters.add(
                TestingProxyView.cluster(
                        "web",
                        counters,
                        TestingProxyView.endpoint("10.0.0.1:443", true),
                        TestingProxyView.endpoint("10.0.0.2:443", false),
                        TestingProxyView.endpoint("10.0.0.3:443", false),
                        TestingProxyView.endpoint("10.0.0.3:443", true)));

        TestingMetricsText text = scrape(view);

        String[] bounds = {
            "1.0E-4", "2.5E-4", "5.0E-4", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5",
            "1.0",
            "2.5", "5.0", "10.0", "+Inf"};
        int[] cumulative = {1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4};
        for (int i = 0; i < bounds.length; i++) {
            assertEquals(
                    cumulative[i],
                    text.value("sluice_upstream_connect_seconds_bucket", "cluster", "web", "le", bounds[i]),
                    bounds[i]);
        }
        assertEquals(4, text.value("sluice_upstream_connect_seconds_count", "cluster", "web"));
        assertEquals(63.00045, text.value("sluice_upstream_connect_seconds_sum", "cluster", "web"), 1e-9);
        assertEquals(1, text.value("sluice_upstream_connect_failures_total", "cluster", "web", "reason", "refused"));
        assertEquals(1, text.value("sluice_endpoint_up", "cluster", "web", "endpoint", "10.0.0.1:443"));
        assertEquals(0, text.value("sluice_endpoint_up", "cluster", "web", "endpoint", "10.0.0.2:443"));
        assertEquals(1, text.value("sluice_endpoint_up", "cluster", "web", "endpoint", "10.0.0.3:443"));
        assertEquals(3, text.value("sluice_endpoint_connections_active", "cluster", "web", "endpoint", "10.0.0.1:443"));
        assertEquals(6, text.value("sluice_endpoint_connections_active", "cluster", "web", "endpoint", "10.0.0.3:443"));
        assertEquals(10, text.value("sluice_endpoint_connects_total", "cluster", "web", "endpoint", "10.0.0.2:443",
                "result", "connected"));
        assertEquals(4, text.value("sluice_endpoint_connects_total", "cluster", "web", "endpoint", "10.0.0.3:443",
                "result", "failed"));
    }

    @Test
    void limitsOfConnections() {
        TestingProxyView view = TestingProxyView.ready();
        ListenerView edge = view.listeners.getFirst();
        view.listeners.add(new ListenerView("free", edge.address(), edge.clusters(), 0, edge.state(), false,
                edge.totals(), List.of(), null, null, List.of()));
        TestingMetricsText text = scrape(view);
        assertEquals(9000, text.value("sluice_connections_limit"));
        assertEquals(5000, text.value("sluice_listener_connections_limit", "listener", "edge"));
        assertEquals(1000, text.value("sluice_cluster_connections_limit", "cluster", "web"));
        assertEquals(200, text.value("sluice_endpoint_connections_limit", "cluster", "web", "endpoint",
                "127.0.0.1:8080"));
        assertEquals(1, text.series("sluice_listener_connections_limit").size(),
                "not for one without a limit of its own");
    }

    @Test
    void valuesOfSourcesOfEndpoints() {
        TestingProxyView view = TestingProxyView.ready();
        view.clusters.add(TestingProxyView.discovered("pg", Instant.ofEpochMilli(1_700_000_000_250L)));
        view.clusters.add(TestingProxyView.cluster("none", new ConnectCounters("none"))
                .from(new EndpointSourceView("file", "/etc/endpoints.yaml", -1, null, 0, Instant.ofEpochSecond(60),
                        "no such file",
                        true, 0, 3)));
        TestingMetricsText text = scrape(view);
        assertEquals(0, text.value("sluice_discovery_failing", "cluster", "pg"));
        assertEquals(1, text.value("sluice_discovery_failing", "cluster", "none"));
        assertEquals(7, text.value("sluice_discovery_answers_total", "cluster", "pg", "result", "good"));
        assertEquals(3, text.value("sluice_discovery_answers_total", "cluster", "none", "result", "failed"));
        assertEquals(0, text.value("sluice_discovery_last_failure_timestamp_seconds", "cluster", "pg"));
        assertEquals(60, text.value("sluice_discovery_last_failure_timestamp_seconds", "cluster", "none"));
        String name = "sluice_discovery_last_success_timestamp_seconds";
        assertEquals(1_700_000_000.25, text.value(name, "cluster", "pg"));
        assertEquals(0, text.value(name, "cluster", "none"));
        assertEquals(2, text.series(name).size(), "not for a cluster whose endpoints are written");
    }

    @Test
    void valuesOfLoopsConfigurationAndAccessLog() {
        TestingProxyView view = TestingProxyView.ready();
        view.loops.clear();
        view.loops.add(TestingProxyView.loop(0, new MemoryView(1, 10, 100, 1000, 5, 50, 500, 5000, 5500, 4000, 4400)));
        view.loops.add(TestingProxyView.loop(1, new MemoryView(2, 20, 200, 2000, 6, 60, 600, 6000, 6600, 300, 330)));
        view.generation = 9;
        view.reloadSucceeded = false;

        TestingMetricsText text = scrape(view);

        assertEquals(3, text.value("sluice_buffers_borrowed"));
        assertEquals(30, text.value("sluice_buffers_borrowed_peak"));
        assertEquals(3000, text.value("sluice_buffer_waits_total"));
        assertEquals(110, text.value("sluice_stash_bytes"));
        assertEquals(11_000, text.value("sluice_memory_reserved_bytes", "part", "pool"));
        assertEquals(4300, text.value("sluice_memory_reserved_bytes", "part", "stash"));
        assertEquals(8 << 20, text.value("sluice_memory_reserved_bytes", "part", "pipes"));
        assertEquals(12_100, text.value("sluice_memory_reserved_peak_bytes", "part", "pool"));
        assertEquals(4730, text.value("sluice_memory_reserved_peak_bytes", "part", "stash"));
        assertEquals(10 << 20, text.value("sluice_memory_reserved_peak_bytes", "part", "pipes"));
        assertEquals(64 << 20, text.value("sluice_memory_limit_bytes", "part", "pool"));
        assertEquals(32 << 20, text.value("sluice_memory_limit_bytes", "part", "stash"));
        assertEquals(16 << 20, text.value("sluice_memory_limit_bytes", "part", "pipes"));
        assertEquals(6, text.value("sluice_pipes_borrowed"));
        assertEquals(2_000_000, text.value("sluice_pipe_bytes_total"));
        assertEquals(0.25, text.value("sluice_loop_busy_ratio", "loop", "0"));
        assertEquals(0.25, text.value("sluice_loop_busy_ratio", "loop", "1"));
        assertEquals(0.125, text.value("sluice_loop_stall_seconds_max", "loop", "1"));
        assertEquals(0.0625, text.value("sluice_loop_turn_seconds_max", "loop", "1"));
        assertEquals(9, text.value("sluice_config_generation"));
        assertEquals(0, text.value("sluice_config_last_reload_success"));
        assertEquals(1_700_000_000.25, text.value("sluice_config_last_reload_timestamp_seconds"));
        assertEquals(3, text.value("sluice_config_reloads_total", "result", "applied"));
        assertEquals(1, text.value("sluice_config_reloads_total", "result", "refused"));
        assertEquals(2, text.value("sluice_config_generations_alive"));
        assertEquals(1, text.value("sluice_plugin_loaders", "state", "retired"));
        assertEquals(17, text.value("sluice_access_log_dropped_total"));
        assertEquals(2, text.value("sluice_filter_decisions_total", "listener", "edge", "filter", "per-client",
                "decision", "reject"));
        assertEquals(4, text.value("sluice_filter_custom_total", "listener", "edge", "filter", "per-client",
                "type", "rate-limit", "name", "cache_misses"));
        assertEquals(1, text.value("sluice_filter_stalls_total", "listener", "edge", "filter", "per-client"));
        assertEquals(5, text.value("sluice_filter_retained_bytes", "listener", "edge", "filter", "per-client"));
        assertEquals(1, text.value("sluice_filter_quarantined", "listener", "edge", "filter", "per-client"));
    }

    @Test
    void aScrapeShowsThePresentAndTheJvm() {
        TestingProxyView view = TestingProxyView.ready();
        Metrics metrics = new Metrics(view, () -> 0);
        assertEquals(1, new TestingMetricsText(metrics.scrape()).value("sluice_config_generation"));
        view.generation = 2;
        TestingMetricsText text = new TestingMetricsText(metrics.scrape());
        assertEquals(2, text.value("sluice_config_generation"));
        assertTrue(text.value("jvm_memory_used_bytes", "area", "heap") > 1e6);
        assertTrue(text.value("process_open_fds") > 3);
        assertTrue(text.value("jvm_threads_current") > 1);
        assertTrue(metrics.contentType().startsWith("text/plain; version=0.0.4"), metrics.contentType());
    }

    @Test
    void aServerThatIsStillEmptyCanBeScraped() {
        TestingMetricsText text = scrape(new TestingProxyView());
        assertEquals(0, text.value("sluice_buffers_borrowed"));
        assertTrue(text.series("sluice_connections_active").isEmpty());
    }

    @Test
    void serversDoNotShareMetricsAndLeaveNoThread() {
        TestingProxyView first = TestingProxyView.ready();
        TestingProxyView second = TestingProxyView.ready();
        second.generation = 5;
        Metrics firstMetrics = new Metrics(first, () -> 0);
        Metrics secondMetrics = new Metrics(second, () -> 0);
        assertEquals(1, new TestingMetricsText(firstMetrics.scrape()).value("sluice_config_generation"));
        assertEquals(5, new TestingMetricsText(secondMetrics.scrape()).value("sluice_config_generation"));
        assertFalse(TestingConditions.threadAlive("prometheus"));
    }
}
