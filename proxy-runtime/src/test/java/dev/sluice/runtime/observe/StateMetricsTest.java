package dev.sluice.runtime.observe;

import java.util.List;
import java.util.Set;

import dev.sluice.api.CloseReason;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The metrics by which a person on call sees in what state server, listeners and clusters are. */
class StateMetricsTest {
    private final TestingProxyView view = TestingProxyView.ready();

    private TestingMetricsText scrape() {
        return new TestingMetricsText(new Metrics(view, () -> 0).scrape());
    }

    @Test
    void oneSeriesForTheStateOfTheServer() {
        assertEquals(1, scrape().value("sluice_ready"));
        assertEquals(1, scrape().value("sluice_server_state", "state", "ready"));
        view.state = ServerState.DRAINING;
        assertEquals(0, scrape().value("sluice_ready"));
        assertEquals(Set.of("{state=draining}"), scrape().series("sluice_server_state"));
    }

    /** As /ready says: a server that has nobody to send its clients to is not ready. */
    @Test
    void withoutAnUsableEndpointItIsNotReady() {
        view.clusters.clear();
        view.clusters.add(TestingProxyView.cluster("web", new ConnectCounters("web"),
                TestingProxyView.endpoint("127.0.0.1:8080", false)));
        assertEquals(0, scrape().value("sluice_ready"));
        assertEquals(Set.of("{state=ready}"), scrape().series("sluice_server_state"));
    }

    @Test
    void oneSeriesForTheStateOfAListener() {
        ListenerView edge = view.listeners.getFirst();
        view.listeners.add(new ListenerView("full", edge.address(), edge.clusters(), 5, "paused-limit", false,
                edge.totals(), List.of(), null, null, List.of()));
        assertEquals(Set.of("{listener=edge, state=open}", "{listener=full, state=paused-limit}"),
                scrape().series("sluice_listener_state"));
    }

    @Test
    void versionsOfProxyAndJava() {
        assertEquals(Set.of("{java=25.0.1+8, version=1.2.3}"), scrape().series("sluice_build_info"));
    }

    @Test
    void filtersThatCanInjectFaultsAreThereWithoutAny() {
        assertTrue(scrape().series("sluice_faults_active").isEmpty());
        view.faults.add(new FaultsView("edge", "chaos", 0));
        assertEquals(0, scrape().value("sluice_faults_active", "listener", "edge", "filter", "chaos"));
        view.faults.set(0, new FaultsView("edge", "chaos", 2));
        assertEquals(2, scrape().value("sluice_faults_active", "listener", "edge", "filter", "chaos"));
    }

    /** Reasons about the endpoints are there from the start, so that {@code rate()} sees the first; others when there is one. */
    @Test
    void endsOfAClustersConnectionsByReason() {
        ConnectCounters first = new ConnectCounters("web");
        ConnectCounters second = new ConnectCounters("web");
        first.closed(CloseReason.UPSTREAM_RESET);
        second.closed(CloseReason.UPSTREAM_RESET);
        second.closed(CloseReason.INTERNAL_ERROR);
        ClusterView plain = view.clusters.removeFirst();
        view.clusters.add(new ClusterView(plain.name(), plain.loadBalancing(), 7, 0, plain.endpoints(), false, 0,
                ConnectTotals.sum(List.of(first, second)), null, null));
        TestingMetricsText text = scrape();
        String name = "sluice_cluster_connection_close_total";
        assertEquals(2, text.value(name, "cluster", "web", "reason", "upstream-reset"));
        assertEquals(1, text.value(name, "cluster", "web", "reason", "internal-error"));
        assertEquals(0, text.value(name, "cluster", "web", "reason", "connect-failed"));
        assertEquals(12, text.series(name).size(), text.series(name)::toString);
        assertEquals(7, text.value("sluice_cluster_connections_active", "cluster", "web"));
        assertTrue(text.series("sluice_cluster_connections_limit").isEmpty(), "not for one without a limit");
    }
}
