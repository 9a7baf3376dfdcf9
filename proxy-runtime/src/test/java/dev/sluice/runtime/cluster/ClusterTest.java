package dev.sluice.runtime.cluster;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

import dev.sluice.runtime.cluster.ConnectAttempts.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static dev.sluice.runtime.cluster.TestingEndpoints.load;
import static dev.sluice.runtime.cluster.TestingEndpoints.states;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterTest {
    private final TestingEndpoints web = new TestingEndpoints();
    private final ConnectAttempts attempts = new ConnectAttempts();

    static Stream<LoadBalancer> balancers() {
        return Stream.of(LoadBalancer.roundRobin(), LoadBalancer.leastConnections(), LoadBalancer.randomTwoChoices(1),
                LoadBalancer.sourceHash());
    }

    @Test
    void anEmptyClusterHasNoEndpoint() {
        Cluster empty = web.cluster();
        assertNull(empty.acquire(attempts, 0, 0));
        assertEquals(Failure.NO_ENDPOINT, attempts.failure());
        assertFalse(empty.hasPlace(0));
        assertEquals(0, empty.state().limit().active());
    }

    @Test
    void endpointsStayInTheOrderOfTheConfiguration() {
        EndpointState first = web.backup(1);
        EndpointState second = web.endpoint(2, 1);
        assertEquals(List.of(first, second), states(web.cluster(first, second)));
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void oneConnectionTriesEachEndpointOnce(LoadBalancer balancer) {
        Cluster cluster = web.cluster(balancer, web.equal(100));
        var seen = new HashSet<EndpointState>();
        for (int n = 1; n <= 100; n++) {
            EndpointState endpoint = cluster.acquire(attempts, 42, 0);
            assertNotNull(endpoint);
            assertTrue(seen.add(endpoint));
            assertEquals(n, attempts.count());
            endpoint.connectFailed("refused", 0);
            endpoint.release();
        }
        assertNull(cluster.acquire(attempts, 42, 0));
        assertEquals(Failure.ALL_TRIED, attempts.failure());
        assertEquals(0, cluster.state().limit().active());
        attempts.clear();
        assertNotNull(cluster.acquire(attempts, 42, 0), "an old failure is no reason to refuse the next client");
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void backupsServeOnlyWhenNoPrimaryCan(LoadBalancer balancer) {
        EndpointState one = web.endpoint(1, 1);
        EndpointState two = web.endpoint(2, 1);
        EndpointState spare = web.backup(3);
        Cluster cluster = web.cluster(balancer, List.of(spare, one, two));
        assertEquals(0, load(cluster, 100, 0)[0]);

        one.connectFailed("refused", 0);
        assertEquals(0, load(cluster, 100, 0)[0], "one primary is left");
        two.connectFailed("refused", 0);
        assertEquals(100, load(cluster, 100, 0)[0]);

        int[] later = load(cluster, 100, WINDOW);
        assertEquals(98 + 100, later[0], "each primary has one connection that tries it, the rest stay on the backup");
    }

    @Test
    void backupsTakeWhatDoesNotFitOnThePrimaries() {
        EndpointState primary = web.limited(1, 2);
        EndpointState spare = web.backup(2);
        assertArrayEquals(new int[]{2, 3}, load(web.cluster(primary, spare), 5, 0));
    }

    @Test
    void whenAllHaveFailedTheOneLeftAloneForLongestComesFirst() {
        EndpointState one = web.endpoint(1, 1);
        EndpointState two = web.endpoint(2, 1);
        EndpointState spare = web.backup(3);
        Cluster cluster = web.cluster(one, two, spare);
        two.connectFailed("refused", 1 * SECOND);
        spare.connectFailed("refused", 2 * SECOND);
        one.connectFailed("refused", 3 * SECOND);

        var order = new ArrayList<EndpointState>();
        for (int n = 0; n < 3; n++) {
            EndpointState endpoint = cluster.acquire(attempts, 0, 4 * SECOND);
            assertNotNull(endpoint);
            order.add(endpoint);
            endpoint.connectFailed("refused", 4 * SECOND + n);
        }
        assertEquals(List.of(two, spare, one), order);
    }

    @Test
    void clientsOfADeadClusterSpreadWhileNothingIsReported() {
        EndpointState one = web.endpoint(1, 1);
        EndpointState two = web.endpoint(2, 1);
        Cluster cluster = web.cluster(one, two);
        one.connectFailed("refused", 0);
        two.connectFailed("refused", 0);
        for (int n = 1; n <= 10; n++) {
            attempts.clear();
            assertNotNull(cluster.acquire(attempts, 0, n * SECOND / 100));
        }
        assertEquals(5, one.active());
        assertEquals(5, two.active());
    }

    @Test
    void aSuccessOfTheLastResortIsBelieved() {
        EndpointState one = web.endpoint(1, 1);
        EndpointState two = web.endpoint(2, 1);
        Cluster cluster = web.cluster(one, two);
        one.connectFailed("refused", 0);
        two.connectFailed("refused", 1);
        assertFalse(cluster.hasPlace(SECOND));
        assertSame(one, cluster.acquire(attempts, 0, SECOND));
        one.connectSucceeded(SECOND);
        assertTrue(cluster.hasPlace(SECOND));
        assertArrayEquals(new int[]{11, 0}, load(cluster, 10, SECOND));
    }

    @Test
    void theOnlyEndpointIsTriedByEveryoneHoweverOftenItFailed() {
        EndpointState only = web.endpoint(1, 1);
        Cluster cluster = web.cluster(only);
        for (int n = 0; n < 100; n++) {
            attempts.clear();
            assertSame(only, cluster.acquire(attempts, 0, n));
            only.connectFailed("refused", n);
        }
    }

    @Test
    void aFailedEndpointDoesNotStandInForAFullOne() {
        EndpointState full = web.limited(1, 1);
        EndpointState failed = web.endpoint(2, 1);
        Cluster cluster = web.cluster(full, failed);
        failed.connectFailed("refused", 0);
        assertSame(full, cluster.acquire(attempts, 0, 1));
        attempts.clear();
        assertNull(cluster.acquire(attempts, 0, 1));
        assertEquals(Failure.FULL, attempts.failure());
        assertEquals(0, failed.active());
        assertEquals(1, cluster.state().limit().active());

        full.release();
        assertSame(full, cluster.acquire(attempts, 0, 1));
    }

    @Test
    void aFailedEndpointIsTriedWhenTheOnlyOneUpHasBeenTriedByThisConnection() {
        EndpointState up = web.limited(1, 1);
        EndpointState failed = web.endpoint(2, 1);
        Cluster cluster = web.cluster(up, failed);
        failed.connectFailed("refused", 0);
        assertSame(up, cluster.acquire(attempts, 0, 1));
        assertSame(failed, cluster.acquire(attempts, 0, 1));
    }

    @Test
    void failedEndpointsKeepTheirLimit() {
        EndpointState only = web.limited(1, 2);
        Cluster cluster = web.cluster(only);
        only.connectFailed("refused", 0);
        load(cluster, 2, 1);
        assertNull(cluster.acquire(attempts, 0, 1));
        assertEquals(Failure.FULL, attempts.failure());
        assertEquals(2, cluster.state().limit().active());
    }

    @Test
    void theClusterHasALimitOfItsOwn() {
        Cluster cluster = web.cluster(LoadBalancer.leastConnections(), web.equal(3), 5);
        assertArrayEquals(new int[]{2, 2, 1}, load(cluster, 5, 0));
        assertFalse(cluster.hasPlace(0));
        assertNull(cluster.acquire(attempts, 0, 0));
        assertEquals(Failure.FULL, attempts.failure());
        assertEquals(0, attempts.count());
        states(cluster).get(0).release();
        assertTrue(cluster.hasPlace(0));
        assertNotNull(cluster.acquire(attempts, 0, 0));
    }

    @Test
    void usableNeedsAnEndpointThatIsUpAndHasRoom() {
        EndpointState one = web.limited(1, 1);
        EndpointState two = web.endpoint(2, 1);
        Cluster cluster = web.cluster(one, two);
        two.connectFailed("refused", 0);
        assertTrue(cluster.hasPlace(1));
        assertSame(one, cluster.acquire(attempts, 0, 1));
        assertFalse(cluster.hasPlace(1));
        assertTrue(cluster.hasPlace(WINDOW),
                "a trial is due: without it a server that is not ready would never hear of the recovery");
    }

    @Test
    void aConnectionReleasedTwiceIsADefectThatIsNamed() {
        Cluster cluster = web.cluster(web.endpoint(1, 1));
        EndpointState endpoint = cluster.acquire(attempts, 0, 0);
        assertNotNull(endpoint);
        endpoint.release();
        var error = assertThrows(IllegalStateException.class, () -> endpoint.release());
        assertEquals(
                "endpoint 10.0.0.1:80 of cluster web: a connection was released that was never acquired, or released twice",
                error.getMessage());
        assertEquals(0, endpoint.active());
        assertEquals(0, cluster.state().limit().active());
    }
}
