package dev.sluice.runtime.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.cluster.BalancingTest.assertProportional;
import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static dev.sluice.runtime.cluster.TestingEndpoints.states;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SourceHashTest {
    private static final int CLIENTS = 60_000;

    private final TestingEndpoints web = new TestingEndpoints();

    private Cluster hashed(List<EndpointState> endpoints) {
        return web.cluster(LoadBalancer.sourceHash(), endpoints);
    }

    /** The endpoint of each client, by label, so that clusters can be compared. */
    private static String[] homes(Cluster cluster, long now) {
        String[] homes = new String[CLIENTS];
        ConnectAttempts attempts = new ConnectAttempts();
        for (int client = 0; client < CLIENTS; client++) {
            attempts.clear();
            EndpointState endpoint = cluster.acquire(attempts, client, now);
            assertNotNull(endpoint);
            homes[client] = endpoint.label();
            endpoint.release();
        }
        return homes;
    }

    private int[] slots(List<EndpointState> endpoints) {
        int[] counts = new int[endpoints.size()];
        for (char owner : SourceHash.table(web.tier(endpoints, LoadBalancer.leastConnections()::over))) {
            counts[owner]++;
        }
        return counts;
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 1", "3 1", "256 1", "1 2 3 4 5", "10 10 10 10 10 10 10 10 10 10", "256 255 128 7 3"})
    void slotsAreProportionalToTheWeights(String text) {
        int[] weights = Arrays.stream(text.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
        assertProportional(0.01, weights, slots(web.weighted(weights)));
    }

    @Test
    void aThousandEndpointsStillShareEvenly() {
        int[] weights = new int[1000];
        Arrays.fill(weights, 1);
        assertProportional(0.02, weights, slots(web.equal(1000)));
    }

    @Test
    void aClientKeepsItsEndpointOverReordering() {
        List<EndpointState> endpoints = web.weighted(3, 1, 4, 1, 5);
        List<EndpointState> shuffled = new ArrayList<>(endpoints);
        Collections.shuffle(shuffled, new Random(1));
        Cluster one = hashed(endpoints);
        Cluster other = hashed(shuffled);
        assertArrayEquals(homes(one, 0), homes(other, 0));
        endpoints.get(2).connectFailed("refused", 0);
        assertArrayEquals(homes(one, 1), homes(other, 1), "the clients of one that is down, too");
    }

    /** A client keeps its endpoint over an update of the proxy, and two proxies side by side agree. */
    @Test
    void theMappingIsPinned() {
        Cluster cluster = hashed(web.equal(5));
        var homes = new StringBuilder();
        ConnectAttempts attempts = new ConnectAttempts();
        for (long client : new long[]{0, 1, 2, 3, -1, Long.MAX_VALUE, 0x0a000001, 0xc0a80101}) {
            attempts.clear();
            EndpointState endpoint = cluster.acquire(attempts, client, 0);
            assertNotNull(endpoint);
            homes.append(states(cluster).indexOf(endpoint));
        }
        assertEquals("11243022", homes.toString());
    }

    @ParameterizedTest
    @CsvSource({"2, 0", "5, 2", "10, 9", "50, 7"})
    void anEndpointThatGoesDownMovesItsOwnClientsOnlyAndSpreadsThem(int size, int down) {
        List<EndpointState> endpoints = web.equal(size);
        Cluster cluster = hashed(endpoints);
        String[] before = homes(cluster, 0);
        endpoints.get(down).connectFailed("refused", 0);
        String[] during = homes(cluster, 1);

        String dead = endpoints.get(down).label();
        int[] heirs = new int[size];
        int orphans = 0;
        for (int client = 0; client < CLIENTS; client++) {
            if (before[client].equals(dead)) {
                orphans++;
                String heir = during[client];
                heirs[endpoints
                        .indexOf(endpoints.stream().filter(e -> e.label().equals(heir)).findAny().orElseThrow())]++;
            } else {
                assertEquals(before[client], during[client], "client " + client + " moved although its endpoint is up");
            }
        }
        assertEquals(0, heirs[down]);
        double each = (double) orphans / (size - 1);
        for (int i = 0; i < size; i++) {
            if (i != down) {
                assertEquals(each, heirs[i], Math.max(0.1 * each, 5 * Math.sqrt(each)), "heir " + i);
            }
        }
        assertArrayEquals(during, homes(cluster, 1), "orphans come to the same endpoint every time");
    }

    @Test
    void aSecondEndpointGoingDownMovesOnlyTheClientsItHadByThen() {
        List<EndpointState> endpoints = web.weighted(1, 2, 3, 4, 5, 6);
        Cluster cluster = hashed(endpoints);
        endpoints.get(1).connectFailed("refused", 0);
        String[] one = homes(cluster, 1);
        endpoints.get(4).connectFailed("refused", 0);
        String[] two = homes(cluster, 1);
        String dead = endpoints.get(4).label();
        for (int client = 0; client < CLIENTS; client++) {
            if (one[client].equals(dead)) {
                assertNotEquals(dead, two[client]);
            } else {
                assertEquals(one[client], two[client], "client " + client);
            }
        }
    }

    @Test
    void clientsReturnWhenTheirEndpointIsBack() {
        List<EndpointState> endpoints = web.equal(5);
        Cluster cluster = hashed(endpoints);
        String[] before = homes(cluster, 0);
        EndpointState down = endpoints.get(3);
        down.connectFailed("refused", 0);
        assertTrue(down.reserve(WINDOW));
        down.connectSucceeded(WINDOW);
        assertArrayEquals(before, homes(cluster, WINDOW));
    }

    /** The paper accepts a little more than the ideal disruption: the share of the endpoint that came or went. */
    @ParameterizedTest
    @CsvSource({"2, 0.02", "5, 0.02", "20, 0.02", "100, 0.03"})
    void addingOrRemovingAnEndpointMovesLittleElse(int size, double extra) {
        String[] with = homes(hashed(web.equal(size + 1)), 0);
        String[] without = homes(hashed(web.equal(size)), 0);
        String removed = web.endpoint(size + 1, 1).label();
        int moved = 0;
        for (int client = 0; client < CLIENTS; client++) {
            if (!with[client].equals(removed) && !with[client].equals(without[client])) {
                moved++;
            }
        }
        assertTrue(moved <= extra * CLIENTS, moved + " of " + CLIENTS + " clients moved between endpoints that stayed");
    }

    @Test
    void aSecondTryOfTheSameClientIsAnotherEndpointAndAlwaysTheSame() {
        Cluster cluster = hashed(web.equal(10));
        for (int client = 0; client < 1000; client++) {
            ConnectAttempts attempts = new ConnectAttempts();
            EndpointState first = cluster.acquire(attempts, client, 0);
            EndpointState second = cluster.acquire(attempts, client, 0);
            attempts.clear();
            assertEquals(first, cluster.acquire(attempts, client, 0));
            assertEquals(second, cluster.acquire(attempts, client, 0));
            assertNotEquals(first, second);
        }
    }
}
