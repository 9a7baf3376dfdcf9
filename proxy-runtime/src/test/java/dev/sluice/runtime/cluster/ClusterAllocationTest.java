package dev.sluice.runtime.cluster;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static dev.sluice.runtime.cluster.TestingEndpoints.cluster;
import static dev.sluice.runtime.cluster.TestingEndpoints.weighted;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterAllocationTest {
    private static final int CALLS = 100_000;

    /** One client after another, each with three tries; endpoints fail all the time, so trials and last resorts take part. */
    private static void connect(Cluster cluster, Tried tried, int from) {
        for (int n = from; n < from + CALLS; n++) {
            if (n % 3 == 0) {
                tried.clear();
            }
            long now = n * (WINDOW / 1000);
            Endpoint endpoint = cluster.acquire(tried, n, now);
            if (endpoint == null) {
                continue;
            }
            if (n % 7 == 0 || now / SECOND % 100 > 80) {
                endpoint.connectFailed(now);
            } else {
                endpoint.connectSucceeded(now);
            }
            cluster.release(endpoint);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void acquireAllocatesNothing(LoadBalancer balancer) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<Endpoint> endpoints = weighted(IntStream.rangeClosed(1, 64).toArray());
        Cluster cluster = cluster(balancer, endpoints);
        Tried tried = new Tried();
        connect(cluster, tried, 0);
        connect(cluster, tried, CALLS);
        long before = threads.getCurrentThreadAllocatedBytes();
        connect(cluster, tried, 2 * CALLS);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        // The JVM itself now and then books some bytes on a thread, as when it recompiles. An object in one call of a thousand is more.
        assertTrue(allocated < 1_000, allocated + " bytes in " + CALLS + " calls");
    }
}
