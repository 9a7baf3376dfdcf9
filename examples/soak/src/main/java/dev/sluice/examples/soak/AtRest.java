package dev.sluice.examples.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Resources of the daemon when no connection is open, before the load and after it: nothing may be left behind. Pipes of the kernel that are kept
 * for the next transfer have a bound of their own, and their descriptors are subtracted.
 */
final class AtRest {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(90);
    private static final double PIPE_BYTES = 1024 * 1024;
    /** Of the admin interface and of health checks, which go on. */
    private static final int SLACK_SOCKETS = 4;
    /** The JVM opens files, and polls for its virtual threads, when it first needs them. */
    private static final int SLACK_DESCRIPTORS = 24;
    /** Connections, what they consist of, and everything that has a timer. */
    private static final String RELAY = "dev.sluice.runtime.relay.";
    /** A counter of a filter or a word of the log may be loaded late. */
    private static final int SLACK_OBJECTS = 16;

    private final Map<String, Double> values;
    private final List<String> threads;
    private final Map<String, Long> instances;

    private AtRest(Map<String, Double> values, List<String> threads, Map<String, Long> instances) {
        this.values = values;
        this.threads = threads;
        this.instances = instances;
    }

    /** Waits until no connection is open. */
    static AtRest before(Daemon daemon) throws IOException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (true) {
            AtRest now = of(daemon);
            if (now.values.getOrDefault(Sample.CONNECTIONS, 0.0) == 0 || System.nanoTime() > deadline) {
                return now;
            }
            Line.pause(100);
        }
    }

    private static AtRest of(Daemon daemon) throws IOException {
        Map<String, Long> instances = daemon.instancesAfterCollection();
        return new AtRest(Monitor.now(daemon), daemon.threads(), instances);
    }

    /** Waits until everything is as before, or the time is over; what is left then, in words. */
    static List<String> leftAfter(Daemon daemon, AtRest before) throws IOException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (true) {
            List<String> left = of(daemon).moreThan(before);
            if (left.isEmpty() || System.nanoTime() > deadline) {
                return left;
            }
            Line.pause(250);
        }
    }

    private List<String> moreThan(AtRest before) {
        List<String> left = new ArrayList<>();
        for (String none : List.of(Sample.CONNECTIONS, Sample.BUFFERS, Sample.STASH, Sample.PIPES, Sample.LOADERS)) {
            more(left, none, value(none), 0);
        }
        more(left, Sample.GENERATIONS, value(Sample.GENERATIONS), 1);
        more(left, Sample.LOADERS_SERVING, value(Sample.LOADERS_SERVING), before.value(Sample.LOADERS_SERVING));
        more(left, Sample.SOCKETS, value(Sample.SOCKETS), before.value(Sample.SOCKETS) + SLACK_SOCKETS);
        more(left, "descriptors without pipes", descriptors(), before.descriptors() + SLACK_DESCRIPTORS);
        if (threads.size() > before.threads.size()) {
            left.add("threads " + threads + ", before " + before.threads);
        }
        more(left, "objects with timers", objects(), before.objects() + SLACK_OBJECTS);
        return left;
    }

    private static void more(List<String> left, String name, double now, double most) {
        if (now > most) {
            left.add("%s %.0f, at most %.0f".formatted(name, now, most));
        }
    }

    private double value(String name) {
        return values.getOrDefault(name, 0.0);
    }

    private double descriptors() {
        return value(Sample.DESCRIPTORS) - 2 * value(Sample.PIPES_RESERVED) / PIPE_BYTES;
    }

    private double objects() {
        return instances.entrySet().stream().filter(each -> each.getKey().startsWith(RELAY))
                .mapToLong(Map.Entry::getValue).sum();
    }

    /** Figures for the report. */
    Map<String, Double> figures() {
        Map<String, Double> figures = new TreeMap<>(values);
        figures.put("descriptors_without_pipes", descriptors());
        figures.put("objects_with_timers", objects());
        return figures;
    }
}
