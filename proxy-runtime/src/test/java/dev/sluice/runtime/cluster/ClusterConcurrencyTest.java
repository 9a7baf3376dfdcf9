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
import static dev.sluice.runtime.cluster.TestingEndpoints.cluster;
import static dev.sluice.runtime.cluster.TestingEndpoints.endpoint;
import static dev.sluice.runtime.cluster.TestingEndpoints.equal;
import static dev.sluice.runtime.cluster.TestingEndpoints.limited;
import static dev.sluice.runtime.cluster.TestingEndpoints.together;
import static dev.sluice.runtime.cluster.TestingEndpoints.weighted;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterConcurrencyTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS = 200_000;

    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void limitsAreNeverExceededAndEverythingComesBack(LoadBalancer balancer) throws Exception {
        Endpoint[] endpoints = {limited(1, 1), limited(2, 2), limited(3, 3), limited(4, 50)};
        Cluster cluster = new Cluster("web", List.of(endpoints), balancer, 9);
        // Counted beside the cluster, so that its own counter is not its witness.
        AtomicIntegerArray held = new AtomicIntegerArray(endpoints.length);
        AtomicInteger heldByAll = new AtomicInteger();
        AtomicInteger full = new AtomicInteger();
        together(THREADS, thread -> {
            var mine = new ArrayDeque<Endpoint>();
            Tried tried = new Tried();
            for (int n = 0; n < OPERATIONS; n++) {
                tried.clear();
                @Nullable
                Endpoint endpoint = cluster.acquire(tried, n * THREADS + thread, 0);
                if (endpoint == null) {
                    assertEquals(Tried.Failure.FULL, tried.failure());
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
                    Endpoint oldest = mine.poll();
                    if (oldest != null) {
                        heldByAll.decrementAndGet();
                        held.decrementAndGet(List.of(endpoints).indexOf(oldest));
                        cluster.release(oldest);
                    }
                }
            }
            for (Endpoint endpoint : mine) {
                held.decrementAndGet(List.of(endpoints).indexOf(endpoint));
                heldByAll.decrementAndGet();
                cluster.release(endpoint);
            }
        });
        assertTrue(full.get() > 0, "the limit was never reached: the test shows nothing");
        assertEquals(0, cluster.active());
        for (Endpoint endpoint : endpoints) {
            assertEquals(0, endpoint.active(), endpoint.label());
        }
    }

    /** N means N also from below: nobody is turned away while there is room. */
    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void exactlyAsManyAsFitAreAdmitted(LoadBalancer balancer) throws Exception {
        Cluster cluster = cluster(balancer, List.of(limited(1, 1), limited(2, 2), limited(3, 3)));
        int rounds = 2000;
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        AtomicInteger admitted = new AtomicInteger();
        together(THREADS, thread -> {
            Tried tried = new Tried();
            var mine = new ArrayDeque<Endpoint>();
            for (int round = 0; round < rounds; round++) {
                barrier.await();
                for (int n = 0; n < 2; n++) {
                    tried.clear();
                    Endpoint endpoint = cluster.acquire(tried, round, 0);
                    if (endpoint != null) {
                        admitted.incrementAndGet();
                        mine.add(endpoint);
                    }
                }
                barrier.await();
                mine.forEach(cluster::release);
                mine.clear();
            }
        });
        assertEquals(6 * rounds, admitted.get());
    }

    /** The race itself is too short to be met in a test: this picker chooses what another loop has just taken. */
    @Test
    void aPickThatAnotherLoopTakesFirstIsReplacedByAnotherOfItsTier() {
        Endpoint[] endpoints = {limited(1, 1), limited(2, 1), limited(3, 1)};
        Tier tier = new Tier(endpoints, 0, _ -> (_, _, _) -> 1);
        Tried tried = new Tried();
        assertSame(endpoints[1], tier.acquire(tried, 0, 0));
        assertSame(endpoints[2], tier.acquire(tried, 0, 0));
        tried.clear();
        assertSame(endpoints[0], tier.acquire(tried, 0, 0));
        assertNull(tier.acquire(tried, 0, 0));
        assertEquals(1, tried.count());
    }

    @Test
    void roundRobinIsExactForAllLoopsTogether() throws Exception {
        Cluster cluster = cluster(LoadBalancer.roundRobin(), weighted(5, 3, 2));
        together(THREADS, thread -> {
            Tried tried = new Tried();
            for (int n = 0; n < OPERATIONS; n++) {
                tried.clear();
                assertNotNull(cluster.acquire(tried, 0, 0));
            }
        });
        int each = THREADS * OPERATIONS / 10;
        assertArrayEquals(new int[]{5 * each, 3 * each, 2 * each},
                cluster.endpoints().stream().mapToInt(Endpoint::active).toArray());
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void exactlyOneOfAllLoopsWinsEachTrial(LoadBalancer balancer) throws Exception {
        Cluster cluster = cluster(balancer, equal(2));
        Endpoint failing = cluster.endpoints().get(0);
        failing.connectFailed(0);
        int windows = 2000;
        AtomicInteger trials = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(THREADS);
        together(THREADS, thread -> {
            Tried tried = new Tried();
            for (int window = 1; window <= windows; window++) {
                start.await();
                for (int client = 0; client < 20; client++) {
                    tried.clear();
                    Endpoint endpoint = cluster.acquire(tried, client, window * WINDOW);
                    assertNotNull(endpoint);
                    if (endpoint == failing) {
                        trials.incrementAndGet();
                        // Odd windows report at once, even ones not at all: the permission must be there again either way.
                        if (window % 2 == 1) {
                            failing.connectFailed(window * WINDOW);
                        }
                    }
                    cluster.release(endpoint);
                }
            }
        });
        assertEquals(windows, trials.get());
    }

    @Test
    void aLoopThatLosesATrialGivesItsPlaceBack() throws Exception {
        Endpoint endpoint = endpoint(1, 1);
        endpoint.connectFailed(0);
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
