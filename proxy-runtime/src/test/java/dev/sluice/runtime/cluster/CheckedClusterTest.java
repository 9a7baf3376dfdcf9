package dev.sluice.runtime.cluster;

import java.time.Instant;
import java.util.List;

import dev.sluice.runtime.cluster.ConnectAttempts.Failure;
import dev.sluice.runtime.observe.EndpointView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The choice of endpoints when health checks and operators have a say. */
class CheckedClusterTest {
    private static final OperatorDrain DRAIN = new OperatorDrain(Instant.EPOCH, "a test",
            null);

    private final TestingEndpoints web = new TestingEndpoints();

    private static ClusterRules rules(int panicPercent) {
        return new ClusterRules(Ejection.SIMPLE, true, panicPercent, 0);
    }

    private Cluster cluster(int panicPercent, List<EndpointState> endpoints) {
        return web.serving(LoadBalancer.roundRobin(), rules(panicPercent), endpoints);
    }

    private static @Nullable EndpointState one(Cluster cluster, ConnectAttempts attempts) {
        EndpointState endpoint = cluster.acquire(attempts, 0, 0);
        if (endpoint != null) {
            endpoint.release();
        }
        return endpoint;
    }

    @Test
    void uncheckedEndpointsServeOnlyUntilOneHasPassed() {
        List<EndpointState> endpoints = web.equal(3);
        Cluster cluster = cluster(0, endpoints);
        assertArrayEquals(new int[]{10, 10, 10}, TestingEndpoints.share(cluster, 30, 0));
        endpoints.get(1).checkedUp(0);
        assertArrayEquals(new int[]{0, 30, 0}, TestingEndpoints.share(cluster, 30, 0));
        endpoints.get(0).checkedUp(0);
        assertArrayEquals(new int[]{15, 15, 0}, TestingEndpoints.share(cluster, 30, 0));
    }

    @Test
    void aDrainIsKeptByTheNextSetAndForgottenByOneThatBringsTheEndpointBack() {
        List<EndpointState> endpoints = web.equal(2);
        Cluster cluster = cluster(0, endpoints);
        EndpointState drained = endpoints.getFirst();
        assertTrue(drained.drain(DRAIN, 0));
        OperatorDrain later = new OperatorDrain(Instant.EPOCH, "another", Instant.MAX);
        assertFalse(drained.drain(later, 0), "drained as before, by another command");
        cluster.state().serve(cluster.endpoints(), rules(0), 0);
        assertSame(later, drained.drain());
        EndpointSet none = new EndpointSet(List.of(), LoadBalancer.roundRobin());
        assertEquals(endpoints, cluster.state().serve(none, rules(0), 0));
        assertSame(later, drained.drain(), "what closes its connections goes on");
        cluster.state().serve(cluster.endpoints(), rules(0), 0);
        assertNull(drained.drain());
    }

    /** A server that is added may still be starting, or be a replica: whatever the others do, it waits. */
    @Test
    void anEndpointThatIsAddedWaitsForItsFirstSuccess() {
        EndpointState first = web.endpoint(1, 1);
        EndpointState second = web.endpoint(2, 1);
        cluster(0, List.of(first));
        first.checkedUp(0);
        Cluster cluster = cluster(0, List.of(first, second));
        first.checkedDown("role:slave");
        assertNull(one(cluster, new ConnectAttempts()));
        second.checkedUp(0);
        assertSame(second, one(cluster, new ConnectAttempts()));
    }

    /** That they were added once does not count when a later configuration begins to check them: nobody would serve. */
    @Test
    void checksThatBeginLaterFindEndpointsThatServe() {
        EndpointState first = web.endpoint(1, 1);
        EndpointState second = web.endpoint(2, 1);
        web.serving(LoadBalancer.roundRobin(), ClusterRules.NONE, List.of(first));
        web.serving(LoadBalancer.roundRobin(), ClusterRules.NONE, List.of(first, second));
        Cluster cluster = cluster(0, List.of(first, second));
        assertEquals("unchecked", second.word(0).label());
        assertArrayEquals(new int[]{15, 15}, TestingEndpoints.share(cluster, 30, 0));
    }

    @Test
    void endpointsThatReplaceAllOthersServeAtOnce() {
        EndpointState first = web.endpoint(1, 1);
        EndpointState second = web.endpoint(2, 1);
        cluster(0, List.of(first));
        first.checkedUp(0);
        Cluster cluster = cluster(0, List.of(second));
        assertEquals("unchecked", second.word(0).label());
        assertSame(second, one(cluster, new ConnectAttempts()));
    }

    /** A check that ends while a reload removes it: with nothing to find it up, the endpoint would be down for ever. */
    @Test
    void aVerdictAfterTheEndOfChecksChangesNothing() {
        EndpointState endpoint = web.endpoint(1, 1);
        cluster(0, List.of(endpoint));
        endpoint.checkedUp(0);
        web.serving(LoadBalancer.roundRobin(), ClusterRules.NONE, List.of(endpoint));
        assertFalse(endpoint.checkedDown("refused"));
        assertEquals("up", endpoint.word(0).label());
    }

    /** Where one failure is enough to be avoided, two passed checks are enough to be used again, without a client. */
    @Test
    void passedChecksRevokeAFailedConnect() {
        List<EndpointState> endpoints = web.equal(1);
        Cluster cluster = cluster(0, endpoints);
        EndpointState endpoint = endpoints.getFirst();
        endpoint.checkedUp(0);
        endpoint.connectFailed("refused", 0);
        assertEquals("ejected", endpoint.word(0).label());
        assertTrue(String.valueOf(view(cluster).detail()).endsWith(": refused"));
        endpoint.checkedOnce(true, 0);
        endpoint.checkedOnce(true, 0);
        assertEquals("up", endpoint.word(0).label());
        assertTrue(view(cluster).up(), "no failure is held against it");
        assertNull(view(cluster).detail());
    }

    @Test
    void anEndpointThatMayNotBeEjectedIsNotCalledUp() {
        EndpointState endpoint = web.endpoint(1, 1);
        Cluster cluster = web.serving(LoadBalancer.roundRobin(),
                new ClusterRules(new Ejection(2, 1, 1, 50, true), false, 0, 0), List.of(endpoint));
        endpoint.connectFailed("refused", 0);
        assertTrue(view(cluster).up());
        endpoint.connectFailed("refused", 0);
        assertEquals("up", view(cluster).state());
        assertFalse(view(cluster).up());
        assertEquals("connections fail, but no more endpoints may be ejected: refused", view(cluster).detail());
    }

    private static EndpointView view(Cluster cluster) {
        return cluster.view().endpoints().getFirst();
    }

    /** Otherwise nothing would serve until the next check. */
    @Test
    void uncheckedEndpointsServeWhenTheOnlyOneThatHasPassedIsDrained() {
        List<EndpointState> endpoints = web.equal(2);
        Cluster cluster = cluster(0, endpoints);
        endpoints.getFirst().checkedUp(0);
        endpoints.getFirst().drain(DRAIN, 0);
        assertArrayEquals(new int[]{0, 30}, TestingEndpoints.share(cluster, 30, 0));
    }

    @Test
    void anUncheckedEndpointIsTriedLast() {
        List<EndpointState> endpoints = web.equal(2);
        Cluster cluster = cluster(0, endpoints);
        endpoints.getFirst().checkedUp(0);
        ConnectAttempts attempts = new ConnectAttempts();
        assertSame(endpoints.getFirst(), one(cluster, attempts));
        assertSame(endpoints.getLast(), one(cluster, attempts));
        assertNull(one(cluster, attempts));
        assertEquals(Failure.ALL_TRIED, attempts.failure());
    }

    @Test
    void anEndpointThatChecksFindDownIsNotUsedAtAll() {
        List<EndpointState> endpoints = web.equal(2);
        Cluster cluster = cluster(0, endpoints);
        endpoints.forEach(endpoint -> endpoint.checkedUp(0));
        assertTrue(endpoints.getFirst().checkedDown("refused"));
        assertArrayEquals(new int[]{0, 30}, TestingEndpoints.share(cluster, 30, 0));
        assertTrue(cluster.hasPlace(0));
        endpoints.getLast().checkedDown("refused");
        ConnectAttempts attempts = new ConnectAttempts();
        assertNull(one(cluster, attempts));
        assertEquals(Failure.NO_ENDPOINT, attempts.failure());
        assertFalse(cluster.hasPlace(0));
        assertTrue(endpoints.getLast().checkedUp(0));
        assertArrayEquals(new int[]{0, 30}, TestingEndpoints.share(cluster, 30, 0));
    }

    @Test
    void aDrainedEndpointGetsNothingMore() {
        List<EndpointState> endpoints = web.equal(2);
        Cluster cluster = cluster(50, endpoints);
        endpoints.forEach(endpoint -> endpoint.checkedUp(0));
        assertTrue(endpoints.getFirst().drain(DRAIN, 0));
        assertFalse(endpoints.getFirst().drain(DRAIN, 0));
        assertArrayEquals(new int[]{0, 30}, TestingEndpoints.share(cluster, 30, 0));
        endpoints.getLast().drain(DRAIN, 0);
        ConnectAttempts attempts = new ConnectAttempts();
        assertNull(one(cluster, attempts));
        assertEquals(Failure.NO_ENDPOINT, attempts.failure());
        assertTrue(endpoints.getFirst().drain(null, 0));
        assertArrayEquals(new int[]{30, 0}, TestingEndpoints.share(cluster, 30, 0));
    }

    /** envoy#26066: one of three databases is the primary, and nothing may ever go to the others. */
    @Test
    void thereIsNoPanicUnlessItIsConfigured() {
        List<EndpointState> endpoints = web.equal(3);
        Cluster cluster = cluster(0, endpoints);
        endpoints.get(0).checkedUp(0);
        endpoints.get(1).checkedDown("status 503");
        endpoints.get(2).checkedDown("status 503");
        assertArrayEquals(new int[]{30, 0, 0}, TestingEndpoints.share(cluster, 30, 0));
        endpoints.get(0).checkedDown("refused");
        assertNull(one(cluster, new ConnectAttempts()));
    }

    @Test
    void belowTheThresholdChecksDoNotCount() {
        List<EndpointState> endpoints = web.equal(4);
        Cluster cluster = cluster(50, endpoints);
        endpoints.forEach(endpoint -> endpoint.checkedUp(0));
        endpoints.get(0).checkedDown("refused");
        endpoints.get(1).checkedDown("refused");
        assertArrayEquals(new int[]{0, 0, 15, 15}, TestingEndpoints.share(cluster, 30, 0));
        assertFalse(cluster.view().panic());
        endpoints.get(2).checkedDown("refused");
        assertArrayEquals(new int[]{10, 10, 10, 10}, TestingEndpoints.share(cluster, 40, 0));
        assertTrue(cluster.view().panic());
        assertEquals(4, cluster.view().endpoints().stream().filter(endpoint -> endpoint.usable()).count());
    }

    @Test
    void backupsServeWhenChecksFindEachPrimaryDown() {
        EndpointState primary = web.endpoint(1, 1);
        EndpointState backup = web.backup(2);
        Cluster cluster = cluster(0, List.of(primary, backup));
        primary.checkedUp(0);
        backup.checkedUp(0);
        assertArrayEquals(new int[]{30, 0}, TestingEndpoints.share(cluster, 30, 0));
        primary.checkedDown("refused");
        assertArrayEquals(new int[]{0, 30}, TestingEndpoints.share(cluster, 30, 0));
    }

    @Test
    void anEndpointThatLeftIsNamedWhileItHasConnections() {
        List<EndpointState> endpoints = web.equal(2);
        Cluster cluster = cluster(0, endpoints);
        EndpointState held = cluster.acquire(new ConnectAttempts(), 0, 0);
        assertTrue(held != null);
        EndpointState other = endpoints.get(held == endpoints.get(0) ? 1 : 0);
        Cluster smaller = web.serving(LoadBalancer.roundRobin(), rules(0), List.of(other));
        assertEquals(List.of("unchecked", "removed"),
                smaller.view().endpoints().stream().map(endpoint -> endpoint.state()).toList());
        held.release();
        assertEquals(1, smaller.view().endpoints().size());
    }
}
