package dev.sluice.runtime.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A cluster {@code web} with endpoints 10.0.0.1:80, 10.0.0.2:80 and so on, and what tests do with them. */
final class TestingEndpoints {
    static final long WINDOW = EndpointState.FAIL_WINDOW.toNanos();
    static final long SECOND = 1_000_000_000;
    static final long MILLI = 1_000_000;

    private final ClusterState state;
    private final Map<EndpointState, Endpoint> endpoints = new HashMap<>();

    TestingEndpoints() {
        this(new ClusterState("web", 1));
    }

    TestingEndpoints(ClusterState state) {
        this.state = state;
    }

    /** A cluster whose endpoints serve by rules. */
    Cluster serving(LoadBalancer balancer, ClusterRules rules, List<EndpointState> members) {
        Cluster cluster = cluster(balancer, members);
        state.serve(cluster.endpoints(), rules, 0);
        return cluster;
    }

    EndpointState endpoint(int number, int weight) {
        return endpoint(number, weight, 0, false);
    }

    EndpointState limited(int number, int maxConnections) {
        return endpoint(number, 1, maxConnections, false);
    }

    EndpointState backup(int number) {
        return endpoint(number, 1, 0, true);
    }

    private EndpointState endpoint(int number, int weight, int maxConnections, boolean backup) {
        EndpointState endpoint = state.endpoint(address(number));
        endpoint.limit().max(maxConnections);
        endpoints.put(endpoint, new Endpoint(endpoint, weight, maxConnections, backup));
        return endpoint;
    }

    List<EndpointState> weighted(int... weights) {
        return IntStream.range(0, weights.length).mapToObj(i -> endpoint(i + 1, weights[i])).toList();
    }

    List<EndpointState> equal(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> endpoint(i, 1)).toList();
    }

    Cluster cluster(LoadBalancer balancer, List<EndpointState> members, int maxConnections) {
        state.limit().max(maxConnections);
        return new Cluster(state, new EndpointSet(configured(members), balancer),
                new ConnectPolicy(SECOND, SECOND, members.size(), 0, 0));
    }

    Cluster cluster(LoadBalancer balancer, List<EndpointState> members) {
        return cluster(balancer, members, 0);
    }

    Cluster cluster(EndpointState... members) {
        return cluster(LoadBalancer.roundRobin(), Arrays.asList(members));
    }

    /** The primaries of a cluster. */
    Tier tier(List<EndpointState> members, Function<Tier, LoadBalancer.Picker> balancer) {
        return new Tier(configured(members).toArray(Endpoint[]::new), 0, balancer);
    }

    private List<Endpoint> configured(List<EndpointState> members) {
        return members.stream().map(member -> Objects.requireNonNull(endpoints.get(member))).toList();
    }

    /** The endpoints of a cluster in the order of its configuration. */
    static List<EndpointState> states(Cluster cluster) {
        return cluster.endpoints().list().stream().map(Endpoint::state).toList();
    }

    private static InetSocketAddress address(int number) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(new byte[]{10, 0, (byte) (number >> 8), (byte) number}), 80);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * The number of {@code connections} that each endpoint gets from clients 0, 1, 2, … when each connection ends
     * before the next begins.
     */
    static int[] share(Cluster cluster, int connections, long nowNanos) {
        int[] counts = new int[states(cluster).size()];
        ConnectAttempts attempts = new ConnectAttempts();
        for (int client = 0; client < connections; client++) {
            attempts.clear();
            EndpointState endpoint = cluster.acquire(attempts, client, nowNanos);
            if (endpoint == null) {
                throw new AssertionError("client " + client + " got none: " + attempts.failure());
            }
            counts[states(cluster).indexOf(endpoint)]++;
            endpoint.release();
        }
        return counts;
    }

    /** The same when no connection ends. */
    static int[] load(Cluster cluster, int connections, long nowNanos) {
        ConnectAttempts attempts = new ConnectAttempts();
        for (int client = 0; client < connections; client++) {
            attempts.clear();
            if (cluster.acquire(attempts, client, nowNanos) == null) {
                throw new AssertionError("client " + client + " got none: " + attempts.failure());
            }
        }
        return states(cluster).stream().mapToInt(EndpointState::active).toArray();
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
