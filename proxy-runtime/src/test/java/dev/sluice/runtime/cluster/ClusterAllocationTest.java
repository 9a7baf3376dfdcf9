package dev.sluice.runtime.cluster;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterAllocationTest {
    private final TestingEndpoints web = new TestingEndpoints();
    private static final int CALLS = 100_000;

    /** One client after another, each with three tries; endpoints fail all the time, so trials and last resorts take part. */
    private static void connect(Cluster cluster, ConnectAttempts attempts, int from) {
        for (int n = from; n < from + CALLS; n++) {
            if (n % 3 == 0) {
                attempts.clear();
            }
            long now = n * (WINDOW / 1000);
            EndpointState endpoint = cluster.acquire(attempts, n, now);
            if (endpoint == null) {
                continue;
            }
            if (n % 7 == 0 || now / SECOND % 100 > 80) {
                endpoint.connectFailed("refused", now);
            } else {
                endpoint.connectSucceeded(now);
            }
            endpoint.release();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void acquireAllocatesNothing(LoadBalancer balancer) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<EndpointState> endpoints = web.weighted(IntStream.rangeClosed(1, 64).toArray());
        Cluster cluster = web.cluster(balancer, endpoints);
        ConnectAttempts attempts = new ConnectAttempts();
        connect(cluster, attempts, 0);
        connect(cluster, attempts, CALLS);
        long before = threads.getCurrentThreadAllocatedBytes();
        connect(cluster, attempts, 2 * CALLS);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        // The JVM itself now and then books some bytes on a thread, as when it recompiles. An object in one call of a thousand is more.
        assertTrue(allocated < 1_000, allocated + " bytes in " + CALLS + " calls");
    }
}
