package dev.sluice.runtime.cluster;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static dev.sluice.runtime.cluster.TestingEndpoints.states;
import static dev.sluice.runtime.cluster.TestingEndpoints.together;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterConcurrencyTest {
    private final TestingEndpoints web = new TestingEndpoints();
    private static final int THREADS = 4;
    private static final int OPERATIONS = 200_000;

    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void limitsAreNeverExceededAndEverythingComesBack(LoadBalancer balancer) throws Exception {
        EndpointState[] endpoints = {web.limited(1, 1), web.limited(2, 2), web.limited(3, 3), web.limited(4, 50)};
        Cluster cluster = web.cluster(balancer, List.of(endpoints), 9);
        // Counted beside the cluster, so that its own counter is not its witness.
        AtomicIntegerArray held = new AtomicIntegerArray(endpoints.length);
        AtomicInteger heldByAll = new AtomicInteger();
        AtomicInteger full = new AtomicInteger();
        together(THREADS, thread -> {
            var mine = new ArrayDeque<EndpointState>();
            ConnectAttempts attempts = new ConnectAttempts();
            for (int n = 0; n < OPERATIONS; n++) {
                attempts.clear();
                @Nullable
                EndpointState endpoint = cluster.acquire(attempts, n * THREADS + thread, 0);
                if (endpoint == null) {
                    assertEquals(ConnectAttempts.Failure.FULL, attempts.failure());
                    full.incrementAndGet();
                } else {
                    int i = List.of(endpoints).indexOf(endpoint);
                    int now = held.incrementAndGet(i);
                    assertTrue(now <= new int[]{1, 2, 3, 50}[i], now + " on " + endpoint);
                    int all = heldByAll.incrementAndGet();
                    assertTrue(all <= 9, all + " on the cluster");
                    mine.add(endpoint);
                }
                if (endpoint == null || mine.size() > 3) {
                    EndpointState oldest = mine.poll();
                    if (oldest != null) {
                        heldByAll.decrementAndGet();
                        held.decrementAndGet(List.of(endpoints).indexOf(oldest));
                        oldest.release();
                    }
                }
            }
            for (EndpointState endpoint : mine) {
                held.decrementAndGet(List.of(endpoints).indexOf(endpoint));
                heldByAll.decrementAndGet();
                endpoint.release();
            }
        });
        assertTrue(full.get() > 0, "the limit was never reached: the test shows nothing");
        assertEquals(0, cluster.state().limit().active());
        for (EndpointState endpoint : endpoints) {
            assertEquals(0, endpoint.active(), endpoint.label());
        }
    }

    /** N means N also from below: nobody is turned away while there is room. */
    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void exactlyAsManyAsFitAreAdmitted(LoadBalancer balancer) throws Exception {
        Cluster cluster = web.cluster(balancer, List.of(web.limited(1, 1), web.limited(2, 2), web.limited(3, 3)));
        int rounds = 2000;
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        AtomicInteger admitted = new AtomicInteger();
        together(THREADS, thread -> {
            ConnectAttempts attempts = new ConnectAttempts();
            var mine = new ArrayDeque<EndpointState>();
            for (int round = 0; round < rounds; round++) {
                barrier.await();
                for (int n = 0; n < 2; n++) {
                    attempts.clear();
                    EndpointState endpoint = cluster.acquire(attempts, round, 0);
                    if (endpoint != null) {
                        admitted.incrementAndGet();
                        mine.add(endpoint);
                    }
                }
                barrier.await();
                mine.forEach(EndpointState::release);
                mine.clear();
            }
        });
        assertEquals(6 * rounds, admitted.get());
    }

    /** The race itself is too short to be met in a test: this picker chooses what another loop has just taken. */
    @Test
    void aPickThatAnotherLoopTakesFirstIsReplacedByAnotherOfItsTier() {
        EndpointState[] endpoints = {web.limited(1, 1), web.limited(2, 1), web.limited(3, 1)};
        Tier tier = web.tier(List.of(endpoints), _ -> (_, _, _) -> 1);
        ConnectAttempts attempts = new ConnectAttempts();
        assertSame(endpoints[1], tier.acquire(attempts, 0, 0));
        assertSame(endpoints[2], tier.acquire(attempts, 0, 0));
        attempts.clear();
        assertSame(endpoints[0], tier.acquire(attempts, 0, 0));
        assertNull(tier.acquire(attempts, 0, 0));
        assertEquals(1, attempts.count());
    }

    @Test
    void roundRobinIsExactForAllLoopsTogether() throws Exception {
        Cluster cluster = web.cluster(LoadBalancer.roundRobin(), web.weighted(5, 3, 2));
        together(THREADS, thread -> {
            ConnectAttempts attempts = new ConnectAttempts();
            for (int n = 0; n < OPERATIONS; n++) {
                attempts.clear();
                assertNotNull(cluster.acquire(attempts, 0, 0));
            }
        });
        int each = THREADS * OPERATIONS / 10;
        assertArrayEquals(new int[]{5 * each, 3 * each, 2 * each},
                states(cluster).stream().mapToInt(EndpointState::active).toArray());
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void exactlyOneOfAllLoopsWinsEachTrial(LoadBalancer balancer) throws Exception {
        Cluster cluster = web.cluster(balancer, web.equal(2));
        EndpointState failing = states(cluster).get(0);
        failing.connectFailed("refused", 0);
        int windows = 2000;
        AtomicInteger trials = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(THREADS);
        together(THREADS, thread -> {
            ConnectAttempts attempts = new ConnectAttempts();
            for (int window = 1; window <= windows; window++) {
                start.await();
                for (int client = 0; client < 20; client++) {
                    attempts.clear();
                    EndpointState endpoint = cluster.acquire(attempts, client, window * WINDOW);
                    assertNotNull(endpoint);
                    if (endpoint == failing) {
                        trials.incrementAndGet();
                        // Odd windows report at once, even ones not at all: the permission must be there again either way.
                        if (window % 2 == 1) {
                            failing.connectFailed("refused", window * WINDOW);
                        }
                    }
                    endpoint.release();
                }
            }
        });
        assertEquals(windows, trials.get());
    }

    @Test
    void aLoopThatLosesATrialGivesItsPlaceBack() throws Exception {
        EndpointState endpoint = web.endpoint(1, 1);
        endpoint.connectFailed("refused", 0);
        // Each call sees the lease of the one before ended, so that all of them go for the trial.
        AtomicLong window = new AtomicLong();
        AtomicInteger trials = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        together(THREADS, thread -> {
            for (int n = 0; n < OPERATIONS; n++) {
                (endpoint.reserve(window.incrementAndGet() * WINDOW) ? trials : lost).incrementAndGet();
            }
        });
        assertTrue(lost.get() > 0, "nobody lost: the test shows nothing");
        assertEquals(trials.get(), endpoint.active());
    }
}
