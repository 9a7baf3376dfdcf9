package dev.sluice.runtime.cluster;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

import dev.sluice.runtime.cluster.Tried.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static dev.sluice.runtime.cluster.TestingEndpoints.backup;
import static dev.sluice.runtime.cluster.TestingEndpoints.cluster;
import static dev.sluice.runtime.cluster.TestingEndpoints.endpoint;
import static dev.sluice.runtime.cluster.TestingEndpoints.equal;
import static dev.sluice.runtime.cluster.TestingEndpoints.limited;
import static dev.sluice.runtime.cluster.TestingEndpoints.load;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterTest {
    private final Tried tried = new Tried();

    static Stream<LoadBalancer> balancers() {
        return Stream.of(LoadBalancer.roundRobin(), LoadBalancer.leastConnections(), LoadBalancer.randomTwoChoices(1),
                LoadBalancer.sourceHash());
    }

    @Test
    void anEmptyClusterHasNoEndpoint() {
        Cluster empty = cluster();
        assertNull(empty.acquire(tried, 0, 0));
        assertEquals(Failure.NO_ENDPOINT, tried.failure());
        assertFalse(empty.usable(0));
        assertEquals(0, empty.active());
    }

    @Test
    void endpointsStayInTheOrderOfTheConfiguration() {
        Endpoint first = backup(1);
        Endpoint second = endpoint(2, 1);
        assertEquals(List.of(first, second), cluster(first, second).endpoints());
        assertThrows(IllegalArgumentException.class, () -> new Cluster("x", List.of(), LoadBalancer.roundRobin(), -1));
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void oneConnectionTriesEachEndpointOnce(LoadBalancer balancer) {
        Cluster cluster = cluster(balancer, equal(100));
        var seen = new HashSet<Endpoint>();
        for (int n = 1; n <= 100; n++) {
            Endpoint endpoint = cluster.acquire(tried, 42, 0);
            assertNotNull(endpoint);
            assertTrue(seen.add(endpoint));
            assertEquals(n, tried.count());
            endpoint.connectFailed(0);
            cluster.release(endpoint);
        }
        assertNull(cluster.acquire(tried, 42, 0));
        assertEquals(Failure.ALL_TRIED, tried.failure());
        assertEquals(0, cluster.active());
        tried.clear();
        assertNotNull(cluster.acquire(tried, 42, 0), "an old failure is no reason to refuse the next client");
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void backupsServeOnlyWhenNoPrimaryCan(LoadBalancer balancer) {
        Endpoint one = endpoint(1, 1);
        Endpoint two = endpoint(2, 1);
        Endpoint spare = backup(3);
        Cluster cluster = cluster(balancer, List.of(spare, one, two));
        assertEquals(0, load(cluster, 100, 0)[0]);

        one.connectFailed(0);
        assertEquals(0, load(cluster, 100, 0)[0], "one primary is left");
        two.connectFailed(0);
        assertEquals(100, load(cluster, 100, 0)[0]);

        int[] later = load(cluster, 100, WINDOW);
        assertEquals(98 + 100, later[0], "each primary has one connection that tries it, the rest stay on the backup");
    }

    @Test
    void backupsTakeWhatDoesNotFitOnThePrimaries() {
        Endpoint primary = limited(1, 2);
        Endpoint spare = backup(2);
        assertArrayEquals(new int[]{2, 3}, load(cluster(primary, spare), 5, 0));
    }

    @Test
    void whenAllHaveFailedTheOneLeftAloneForLongestComesFirst() {
        Endpoint one = endpoint(1, 1);
        Endpoint two = endpoint(2, 1);
        Endpoint spare = backup(3);
        Cluster cluster = cluster(one, two, spare);
        two.connectFailed(1 * SECOND);
        spare.connectFailed(2 * SECOND);
        one.connectFailed(3 * SECOND);

        var order = new ArrayList<Endpoint>();
        for (int n = 0; n < 3; n++) {
            Endpoint endpoint = cluster.acquire(tried, 0, 4 * SECOND);
            assertNotNull(endpoint);
            order.add(endpoint);
            endpoint.connectFailed(4 * SECOND + n);
        }
        assertEquals(List.of(two, spare, one), order);
    }

    @Test
    void clientsOfADeadClusterSpreadWhileNothingIsReported() {
        Endpoint one = endpoint(1, 1);
        Endpoint two = endpoint(2, 1);
        Cluster cluster = cluster(one, two);
        one.connectFailed(0);
        two.connectFailed(0);
        for (int n = 1; n <= 10; n++) {
            tried.clear();
            assertNotNull(cluster.acquire(tried, 0, n * SECOND / 100));
        }
        assertEquals(5, one.active());
        assertEquals(5, two.active());
    }

    @Test
    void aSuccessOfTheLastResortIsBelieved() {
        Endpoint one = endpoint(1, 1);
        Endpoint two = endpoint(2, 1);
        Cluster cluster = cluster(one, two);
        one.connectFailed(0);
        two.connectFailed(1);
        assertFalse(cluster.usable(SECOND));
        assertSame(one, cluster.acquire(tried, 0, SECOND));
        one.connectSucceeded(SECOND);
        assertTrue(cluster.usable(SECOND));
        assertArrayEquals(new int[]{11, 0}, load(cluster, 10, SECOND));
    }

    @Test
    void theOnlyEndpointIsTriedByEveryoneHoweverOftenItFailed() {
        Endpoint only = endpoint(1, 1);
        Cluster cluster = cluster(only);
        for (int n = 0; n < 100; n++) {
            tried.clear();
            assertSame(only, cluster.acquire(tried, 0, n));
            only.connectFailed(n);
        }
    }

    @Test
    void aFailedEndpointDoesNotStandInForAFullOne() {
        Endpoint full = limited(1, 1);
        Endpoint failed = endpoint(2, 1);
        Cluster cluster = cluster(full, failed);
        failed.connectFailed(0);
        assertSame(full, cluster.acquire(tried, 0, 1));
        tried.clear();
        assertNull(cluster.acquire(tried, 0, 1));
        assertEquals(Failure.FULL, tried.failure());
        assertEquals(0, failed.active());
        assertEquals(1, cluster.active());

        cluster.release(full);
        assertSame(full, cluster.acquire(tried, 0, 1));
    }

    @Test
    void aFailedEndpointIsTriedWhenTheOnlyOneUpHasBeenTriedByThisConnection() {
        Endpoint up = limited(1, 1);
        Endpoint failed = endpoint(2, 1);
        Cluster cluster = cluster(up, failed);
        failed.connectFailed(0);
        assertSame(up, cluster.acquire(tried, 0, 1));
        assertSame(failed, cluster.acquire(tried, 0, 1));
    }

    @Test
    void failedEndpointsKeepTheirLimit() {
        Endpoint only = limited(1, 2);
        Cluster cluster = cluster(only);
        only.connectFailed(0);
        load(cluster, 2, 1);
        assertNull(cluster.acquire(tried, 0, 1));
        assertEquals(Failure.FULL, tried.failure());
        assertEquals(2, cluster.active());
    }

    @Test
    void theClusterHasALimitOfItsOwn() {
        Cluster cluster = new Cluster("web", equal(3), LoadBalancer.leastConnections(), 5);
        assertArrayEquals(new int[]{2, 2, 1}, load(cluster, 5, 0));
        assertFalse(cluster.usable(0));
        assertNull(cluster.acquire(tried, 0, 0));
        assertEquals(Failure.FULL, tried.failure());
        assertEquals(0, tried.count());
        cluster.release(cluster.endpoints().get(0));
        assertTrue(cluster.usable(0));
        assertNotNull(cluster.acquire(tried, 0, 0));
    }

    @Test
    void usableNeedsAnEndpointThatIsUpAndHasRoom() {
        Endpoint one = limited(1, 1);
        Endpoint two = endpoint(2, 1);
        Cluster cluster = cluster(one, two);
        two.connectFailed(0);
        assertTrue(cluster.usable(1));
        assertSame(one, cluster.acquire(tried, 0, 1));
        assertFalse(cluster.usable(1));
        assertTrue(cluster.usable(WINDOW),
                "a trial is due: without it a server that is not ready would never hear of the recovery");
    }

    @Test
    void aConnectionReleasedTwiceIsADefectThatIsNamed() {
        Cluster cluster = cluster(endpoint(1, 1));
        Endpoint endpoint = cluster.acquire(tried, 0, 0);
        assertNotNull(endpoint);
        cluster.release(endpoint);
        var error = assertThrows(IllegalStateException.class, () -> cluster.release(endpoint));
        assertEquals("10.0.0.1:80: a connection was released that was never acquired, or released twice",
                error.getMessage());
        assertEquals(0, endpoint.active());
        assertEquals(0, cluster.active());
    }
}
