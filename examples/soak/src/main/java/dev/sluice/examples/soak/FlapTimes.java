package dev.sluice.examples.soak;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The moments at which endpoints stopped listening, by cluster. */
final class FlapTimes {
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int KEPT = 200;

    private final Map<String, Queue<Long>> byCluster = new ConcurrentHashMap<>();

    /** An endpoint of the cluster is about to stop listening. */
    void add(String cluster) {
        Queue<Long> times = byCluster.computeIfAbsent(cluster, name -> new ConcurrentLinkedQueue<>());
        times.add(System.nanoTime());
        if (times.size() > KEPT) {
            times.poll();
        }
    }

    /** Whether one did between two times. */
    boolean during(String cluster, long fromNanos, long toNanos) {
        return byCluster.getOrDefault(cluster, new ConcurrentLinkedQueue<>()).stream()
                .anyMatch(time -> time - fromNanos > -SLACK_NANOS && toNanos - time > -SLACK_NANOS);
    }
}
