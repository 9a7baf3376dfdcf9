package dev.sluice.runtime.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Endpoints 10.0.0.1:80, 10.0.0.2:80 and so on, and what tests do with them. */
final class TestingEndpoints {
    static final long WINDOW = Endpoint.FAIL_WINDOW.toNanos();
    static final long SECOND = 1_000_000_000;
    static final long MILLI = 1_000_000;

    private TestingEndpoints() {}

    static Endpoint endpoint(int number, int weight) {
        return new Endpoint(address(number), weight, 0, false);
    }

    static Endpoint limited(int number, int maxConnections) {
        return new Endpoint(address(number), 1, maxConnections, false);
    }

    static Endpoint backup(int number) {
        return new Endpoint(address(number), 1, 0, true);
    }

    static List<Endpoint> weighted(int... weights) {
        return IntStream.range(0, weights.length).mapToObj(i -> endpoint(i + 1, weights[i])).toList();
    }

    static List<Endpoint> equal(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> endpoint(i, 1)).toList();
    }

    static Cluster cluster(LoadBalancer balancer, List<Endpoint> endpoints) {
        return new Cluster("web", endpoints, balancer, 0);
    }

    static Cluster cluster(Endpoint... endpoints) {
        return cluster(LoadBalancer.roundRobin(), Arrays.asList(endpoints));
    }

    private static InetSocketAddress address(int number) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(new byte[]{10, 0, (byte) (number >> 8), (byte) number}), 80);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** How many of {@code connections} each endpoint gets from clients 0, 1, 2, … when each connection ends before the next begins. */
    static int[] share(Cluster cluster, int connections, long nowNanos) {
        int[] counts = new int[cluster.endpoints().size()];
        Tried tried = new Tried();
        for (int client = 0; client < connections; client++) {
            tried.clear();
            Endpoint endpoint = cluster.acquire(tried, client, nowNanos);
            if (endpoint == null) {
                throw new AssertionError("client " + client + " got none: " + tried.failure());
            }
            counts[cluster.endpoints().indexOf(endpoint)]++;
            cluster.release(endpoint);
        }
        return counts;
    }

    /** The same when no connection ends. */
    static int[] load(Cluster cluster, int connections, long nowNanos) {
        Tried tried = new Tried();
        for (int client = 0; client < connections; client++) {
            tried.clear();
            if (cluster.acquire(tried, client, nowNanos) == null) {
                throw new AssertionError("client " + client + " got none: " + tried.failure());
            }
        }
        return cluster.endpoints().stream().mapToInt(Endpoint::active).toArray();
    }

    interface Work {
        void run(int thread) throws Exception;
    }

    /** Runs {@code work} on so many threads, all beginning at one moment, and throws what one of them threw. */
    static void together(int threads, Work work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> results = IntStream.range(0, threads).<Future<?>>mapToObj(thread -> executor.submit(() -> {
                start.await();
                work.run(thread);
                return null;
            })).toList();
            for (Future<?> result : results) {
                result.get();
            }
        }
    }
}
