package dev.sluice.runtime.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.load;
import static dev.sluice.runtime.cluster.TestingEndpoints.share;
import static dev.sluice.runtime.cluster.TestingEndpoints.states;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Shares by weight, with all endpoints up and with some of them down. */
class BalancingTest {
    private final TestingEndpoints web = new TestingEndpoints();

    private int[] schedule(int... weights) {
        return RoundRobin.schedule(
                web.tier(web.weighted(weights), LoadBalancer.leastConnections()::over));
    }

    private static int[] occurrences(int[] schedule, int endpoints) {
        int[] counts = new int[endpoints];
        for (int i : schedule) {
            counts[i]++;
        }
        return counts;
    }

    /** Fails unless each count is within {@code tolerance} of the share that the weight (0: down) entitles to. */
    static void assertProportional(double tolerance, int[] weights, int[] counts) {
        double perWeight = (double) Arrays.stream(counts).sum() / Arrays.stream(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            assertEquals(weights[i] * perWeight, counts[i], tolerance * weights[i] * perWeight,
                    "endpoint " + i + " of " + Arrays.toString(counts) + " for weights " + Arrays.toString(weights));
        }
    }

    @Test
    void theScheduleIsThatOfNginx() {
        assertArrayEquals(new int[]{0, 0, 1, 0, 2, 0, 0}, schedule(5, 1, 1));
        assertArrayEquals(new int[]{0, 1, 2}, schedule(7, 7, 7));
        assertArrayEquals(new int[]{0, 1, 0}, schedule(200, 100));
        assertArrayEquals(new int[]{0}, schedule(256));
    }

    @Test
    void aPeriodHoldsEachEndpointAsOftenAsItsReducedWeight() {
        assertArrayEquals(new int[]{256, 1}, occurrences(schedule(256, 1), 2));
        assertArrayEquals(new int[]{6, 4, 3}, occurrences(schedule(60, 40, 30), 3));
    }

    @Test
    void aLongPeriodIsScaledDownAndForgetsNobody() {
        int[] weights = new Random(1).ints(1000, 1, 257).toArray();
        weights[999] = 1;
        int[] schedule = schedule(weights);
        assertTrue(schedule.length <= RoundRobin.MAX_PERIOD * 1.1, "length " + schedule.length);
        int[] counts = occurrences(schedule, weights.length);
        double scale = (double) RoundRobin.MAX_PERIOD / Arrays.stream(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            assertEquals(Math.max(1, weights[i] * scale), counts[i], 0.5, "weight " + weights[i]);
        }
    }

    @Test
    void roundRobinIsExactOverOnePeriod() {
        assertArrayEquals(new int[]{256, 100, 1},
                share(web.cluster(LoadBalancer.roundRobin(), web.weighted(256, 100, 1)), 357, 0));
    }

    /** The neighbours in the schedule must not inherit: plain skipping would give the second endpoint twice what the others get. */
    @Test
    void roundRobinWithOneEqualEndpointDownIsExactForTheRest() {
        List<EndpointState> endpoints = web.equal(4);
        Cluster cluster = web.cluster(LoadBalancer.roundRobin(), endpoints);
        endpoints.get(0).connectFailed("refused", 0);
        assertArrayEquals(new int[]{0, 1000, 1000, 1000}, share(cluster, 3000, 1));
    }

    @Test
    void theShareOfAFullEndpointGoesToAllOthers() {
        List<EndpointState> endpoints = List.of(web.limited(1, 1), web.endpoint(2, 1), web.endpoint(3, 1),
                web.endpoint(4, 1));
        assertTrue(endpoints.get(0).reserve(0));
        int[] effective = {0, 1, 1, 1};
        assertArrayEquals(new int[]{0, 1000, 1000, 1000},
                share(web.cluster(LoadBalancer.roundRobin(), endpoints), 3000, 0));
        assertProportional(0.03, effective, share(web.cluster(LoadBalancer.sourceHash(), endpoints), 100_000, 0));
        assertProportional(0.03, effective,
                share(web.cluster(LoadBalancer.randomTwoChoices(1), endpoints), 100_000, 0));
    }

    @ParameterizedTest
    @CsvSource({
        // weights, positions that are down
        "8 4 2 1, 0",
        "8 4 2 1, 1",
        "8 4 2 1, 3",
        "256 1 2, 0",
        "100 1 3 7 5, 0 3",
        "1 1 1 1 1 1 1 1 1 3, 0 1 2 3 4 5 6",
        "5 1 1, 0"
    })
    void sharesStayProportionalWhenSomeAreDown(String weights, String down) {
        int[] nominal = ints(weights);
        int[] effective = nominal.clone();
        List<EndpointState> endpoints = web.weighted(nominal);
        for (int i : ints(down)) {
            endpoints.get(i).connectFailed("refused", 0);
            effective[i] = 0;
        }
        assertProportional(0.03, effective, share(web.cluster(LoadBalancer.roundRobin(), endpoints), 100_000, 1));
        assertProportional(0.03, effective, share(web.cluster(LoadBalancer.sourceHash(), endpoints), 100_000, 1));
        assertProportional(0.01, effective, load(web.cluster(LoadBalancer.leastConnections(), endpoints), 100_000, 1));
    }

    @ParameterizedTest
    @CsvSource({"8 4 2 1, 0", "8 4 2 1, 3", "1 1 1 1 1 1 1 1 1 3, 0 1 2 3 4 5 6", "10 7, 0"})
    void twoChoicesKeepTheLoadProportional(String weights, String down) {
        int[] nominal = ints(weights);
        int[] effective = nominal.clone();
        List<EndpointState> endpoints = web.weighted(nominal);
        for (int i : ints(down)) {
            endpoints.get(i).connectFailed("refused", 0);
            effective[i] = 0;
        }
        assertProportional(0.01, effective, load(web.cluster(LoadBalancer.randomTwoChoices(7), endpoints), 100_000, 1));
    }

    private static int[] ints(String text) {
        return Arrays.stream(text.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }

    @Test
    void leastConnectionsFillsTheGap() {
        Cluster cluster = web.cluster(LoadBalancer.leastConnections(), web.weighted(1, 2, 3));
        assertArrayEquals(new int[]{10, 20, 30}, load(cluster, 60, 0));
        for (int n = 0; n < 12; n++) {
            states(cluster).get(2).release();
        }
        assertArrayEquals(new int[]{10, 20, 30}, load(cluster, 12, 0));
    }

    @Test
    void leastConnectionsLetsEqualsTakeTurnsWhicheverTheyAre() {
        List<EndpointState> endpoints = web.equal(5);
        Cluster cluster = web.cluster(LoadBalancer.leastConnections(), endpoints);
        assertArrayEquals(new int[]{20, 20, 20, 20, 20}, share(cluster, 100, 0));
        // Two equals side by side, the others busy: turning a starting point would give one of the two most of the connections.
        for (int busy : new int[]{0, 1, 2}) {
            assertTrue(endpoints.get(busy).reserve(0));
        }
        assertArrayEquals(new int[]{0, 0, 0, 50, 50}, share(cluster, 100, 0));
    }

    @Test
    void twoChoicesAreFarMoreEvenThanOne() {
        int endpoints = 100;
        int[] two = load(web.cluster(LoadBalancer.randomTwoChoices(3), web.equal(endpoints)), 100 * endpoints, 0);
        // One random choice would leave the fullest with about 100 + 2.5 × 10 connections.
        assertTrue(Arrays.stream(two).max().orElseThrow() <= 104, Arrays.toString(two));
    }

    @Test
    void twoChoicesDifferBetweenSeedsAndAreRepeatable() {
        int[] one = share(web.cluster(LoadBalancer.randomTwoChoices(3), web.equal(5)), 1000, 0);
        assertArrayEquals(one, share(web.cluster(LoadBalancer.randomTwoChoices(3), web.equal(5)), 1000, 0));
        assertEquals(false,
                Arrays.equals(one, share(web.cluster(LoadBalancer.randomTwoChoices(4), web.equal(5)), 1000, 0)));
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void aLoneEndpointGetsEverything(LoadBalancer balancer) {
        assertArrayEquals(new int[]{100}, load(web.cluster(balancer, List.of(web.endpoint(1, 7))), 100, 0));
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void theLastOneUpOfManyGetsEverything(LoadBalancer balancer) {
        List<EndpointState> endpoints = web.equal(200);
        IntStream.range(0, 200).filter(i -> i != 150).forEach(i -> endpoints.get(i).connectFailed("refused", 0));
        Cluster cluster = web.cluster(balancer, endpoints);
        assertEquals(100, share(cluster, 100, 1)[150]);
    }
}
