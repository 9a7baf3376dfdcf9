package dev.sluice.runtime.cluster;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.MILLI;
import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SlowStartTest {
    private static final long WINDOW = 30 * SECOND;
    private static final ClusterRules RULES = new ClusterRules(Ejection.SIMPLE, true, 0, WINDOW);

    private final TestingEndpoints web = new TestingEndpoints();

    static Stream<LoadBalancer> balancers() {
        return Stream.of(LoadBalancer.roundRobin(), LoadBalancer.leastConnections(), LoadBalancer.randomTwoChoices(1));
    }

    /** 100 clients a second for 30 s, of which each stays for 50 ms: five connections in all at one time. */
    @ParameterizedTest
    @MethodSource("balancers")
    void theShareOfAReturningEndpointFollowsTheLine(LoadBalancer balancer) {
        List<EndpointState> endpoints = web.equal(4);
        Cluster cluster = web.serving(balancer, RULES, endpoints);
        endpoints.forEach(endpoint -> endpoint.checkedUp(0));
        EndpointState returning = endpoints.get(2);
        returning.checkedDown("refused");
        assertTrue(returning.checkedUp(0));
        assertEquals("slow-start", returning.word(0).label());

        EndpointState[] open = new EndpointState[5];
        int[] got = new int[10];
        double[] line = new double[10];
        long last = 0;
        long longest = 0;
        ConnectAttempts attempts = new ConnectAttempts();
        for (int client = 0; client < 3000; client++) {
            long now = 10L * client * MILLI;
            attempts.clear();
            EndpointState chosen = cluster.acquire(attempts, client, now);
            assertNotNull(chosen);
            double share = SlowStart.share(now, WINDOW);
            line[client / 300] += share / (3 + share);
            if (chosen == returning) {
                got[client / 300]++;
                longest = Math.max(longest, now - last);
                last = now;
            }
            EndpointState leaving = open[client % open.length];
            if (leaving != null) {
                leaving.release();
            }
            open[client % open.length] = chosen;
        }
        for (int third = 0; third < got.length; third++) {
            // One connection more or less where the numbers are small.
            assertEquals(line[third], got[third], 1 + 0.2 * line[third], "in second " + 3 * third);
        }
        assertTrue(longest <= 3 * SECOND, "without a connection for " + longest / MILLI + " ms");
        assertEquals("up", returning.word(WINDOW + 1).label());
    }

    @Test
    void notAtTheStart() {
        List<EndpointState> endpoints = web.equal(2);
        web.serving(LoadBalancer.roundRobin(), RULES, endpoints);
        endpoints.forEach(endpoint -> endpoint.checkedUp(SECOND));
        endpoints.forEach(endpoint -> assertEquals("up", endpoint.word(SECOND).label()));
    }

    @Test
    void notWhenNoOtherServes() {
        List<EndpointState> endpoints = web.equal(2);
        web.serving(LoadBalancer.roundRobin(), RULES, endpoints);
        endpoints.forEach(endpoint -> endpoint.checkedUp(0));
        endpoints.forEach(endpoint -> endpoint.checkedDown("refused"));
        endpoints.getFirst().checkedUp(SECOND);
        assertEquals("up", endpoints.getFirst().word(SECOND).label(), "it has to carry everything");
        endpoints.getLast().checkedUp(SECOND);
        assertEquals("slow-start", endpoints.getLast().word(SECOND).label());
    }

    @Test
    void anEndpointThatIsAddedBeginsSlowlyOnceItHasPassed() {
        EndpointState first = web.endpoint(1, 1);
        EndpointState second = web.endpoint(2, 1);
        web.serving(LoadBalancer.roundRobin(), RULES, List.of(first));
        first.checkedUp(0);
        web.serving(LoadBalancer.roundRobin(), RULES, List.of(first, second));
        assertEquals("unchecked", second.word(0).label());
        second.checkedUp(SECOND);
        assertEquals("slow-start", second.word(SECOND).label());
    }

    @Test
    void withoutChecksAnAddedEndpointBeginsAtOnce() {
        ClusterRules rules = new ClusterRules(Ejection.SIMPLE, false, 0, WINDOW);
        EndpointState first = web.endpoint(1, 1);
        EndpointState second = web.endpoint(2, 1);
        web.serving(LoadBalancer.roundRobin(), rules, List.of(first));
        assertEquals("up", first.word(0).label());
        web.serving(LoadBalancer.roundRobin(), rules, List.of(first, second));
        assertEquals("slow-start", second.word(SECOND).label());
    }

    @Test
    void anEndpointThatAnOperatorGivesBackBeginsSlowly() {
        ClusterRules rules = new ClusterRules(Ejection.SIMPLE, false, 0, WINDOW);
        List<EndpointState> endpoints = web.equal(2);
        web.serving(LoadBalancer.roundRobin(), rules, endpoints);
        EndpointState endpoint = endpoints.getFirst();
        endpoint.drain(new OperatorDrain(java.time.Instant.EPOCH, "a test", null), 0);
        endpoint.drain(null, SECOND);
        assertEquals("slow-start", endpoint.word(SECOND).label());
    }
}
