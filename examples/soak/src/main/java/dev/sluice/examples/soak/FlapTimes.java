package dev.sluice.examples.soak;

import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The times in which endpoints stopped listening, by cluster: on a busy machine that is more than a moment. */
final class FlapTimes {
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int KEPT = 500;

    private final Map<String, Queue<Span>> byCluster = new ConcurrentHashMap<>();

    /** One of them; it has no end yet while it lasts. */
    private static final class Span {
        private final long fromNanos = System.nanoTime();
        private volatile boolean over;
        private volatile long toNanos;

        void end() {
            toNanos = System.nanoTime();
            over = true;
        }

        boolean meets(long from, long to) {
            return (!over || toNanos - from > -SLACK_NANOS) && to - fromNanos > -SLACK_NANOS;
        }
    }

    /** Action by which an endpoint stops listening. */
    interface Stop {
        void run() throws IOException;
    }

    /** An endpoint of the cluster stops listening now. */
    void during(String cluster, Stop stop) throws IOException {
        Queue<Span> spans = byCluster.computeIfAbsent(cluster, name -> new ConcurrentLinkedQueue<>());
        Span span = new Span();
        spans.add(span);
        if (spans.size() > KEPT) {
            spans.poll();
        }
        try {
            stop.run();
        } finally {
            span.end();
        }
    }

    /** Whether one did within a time. */
    boolean any(String cluster, long fromNanos, long toNanos) {
        return byCluster.getOrDefault(cluster, new ConcurrentLinkedQueue<>()).stream()
                .anyMatch(span -> span.meets(fromNanos, toNanos));
    }
}
