package dev.sluice.examples.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Looks at the daemon at regular times, on a thread of its own. */
final class Monitor {
    private static final Pattern EVENT = Pattern.compile("\"number\":(\\d+),[^}]*?\"kind\":\"([a-z-]+)\"");

    private final Daemon daemon;
    private final Totals totals;
    private final Findings findings;
    private final long everyMillis;
    private final long collectEverySeconds;
    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, Integer> events = new TreeMap<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final long startNanos = System.nanoTime();
    private long lastEvent;
    private long nextCollection;
    private Thread thread = Thread.currentThread();

    /**
     * A monitor that is not started yet.
     *
     * @param everyMillis between two looks
     * @param collectEverySeconds between two collections of all of the daemon's garbage
     */
    Monitor(Daemon daemon, Totals totals, Findings findings, long everyMillis, long collectEverySeconds) {
        this.daemon = daemon;
        this.totals = totals;
        this.findings = findings;
        this.everyMillis = everyMillis;
        this.collectEverySeconds = collectEverySeconds;
    }

    void start() {
        thread = Thread.ofVirtual().name("monitor").start(() -> {
            try {
                do {
                    look();
                } while (!end.await(everyMillis, TimeUnit.MILLISECONDS));
                look();
            } catch (IOException | RuntimeException | InterruptedException e) {
                findings.add(Findings.Sort.REFUSED, "the daemon cannot be looked at: " + e);
            }
        });
    }

    void stop() throws IOException {
        end.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void look() throws IOException {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        Map<String, Double> values = new HashMap<>();
        if (seconds >= nextCollection) {
            nextCollection += collectEverySeconds;
            daemon.instancesAfterCollection();
            Map<String, Double> metrics = daemon.metrics();
            take(values, Sample.HEAP, metrics, "jvm_memory_used_bytes{area=\"heap\"}");
            take(values, Sample.METASPACE, metrics, "jvm_memory_pool_used_bytes{pool=\"Metaspace\"}");
        }
        values.putAll(now(daemon));
        values.put(Sample.DONE, (double) totals.connections());
        values.put(Sample.BYTES, (double) totals.bytes());
        events();
        synchronized (samples) {
            samples.add(new Sample(seconds, values));
        }
    }

    /** What can be seen of the daemon now. */
    static Map<String, Double> now(Daemon daemon) throws IOException {
        Map<String, Double> metrics = daemon.metrics();
        Map<String, Double> values = new HashMap<>();
        values.put(Sample.RESIDENT, (double) daemon.residentBytes());
        values.put(Sample.THREADS, (double) daemon.threads().size());
        values.put(Sample.DESCRIPTORS, (double) daemon.descriptors());
        values.put(Sample.SOCKETS, (double) daemon.sockets());
        values.put(Sample.CPU, daemon.cpuSeconds());
        values.put(Sample.CONNECTIONS, metrics.entrySet().stream()
                .filter(metric -> metric.getKey().startsWith("sluice_connections_active"))
                .mapToDouble(Map.Entry::getValue).sum());
        take(values, Sample.BUFFERS, metrics, "sluice_buffers_borrowed");
        take(values, Sample.STASH, metrics, "sluice_stash_bytes");
        take(values, Sample.PIPES, metrics, "sluice_pipes_borrowed");
        take(values, Sample.PIPES_RESERVED, metrics, "sluice_memory_reserved_bytes{part=\"pipes\"}");
        take(values, Sample.GENERATIONS, metrics, "sluice_config_generations_alive");
        take(values, Sample.LOADERS, metrics, "sluice_plugin_loaders{state=\"retired\"}");
        take(values, Sample.LOADERS_SERVING, metrics, "sluice_plugin_loaders{state=\"serving\"}");
        return values;
    }

    private static void take(Map<String, Double> values, String name, Map<String, Double> metrics, String metric) {
        Double value = metrics.get(metric);
        if (value == null) {
            throw new IllegalStateException("there is no metric " + metric);
        }
        values.put(name, value);
    }

    private void events() throws IOException {
        for (MatchResult event : EVENT.matcher(daemon.get("/events?after=" + lastEvent)).results().toList()) {
            lastEvent = Math.max(lastEvent, Long.parseLong(event.group(1)));
            events.merge(event.group(2), 1, Integer::sum);
        }
    }

    /** Events of the daemon by kind; to be asked for after {@link #stop}. */
    Map<String, Integer> eventCounts() {
        return events;
    }

    List<Sample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    /** A line through a figure over the second half of the load: in the first one, code is compiled and tables grow. */
    Slope slope(String name, int secondsOfLoad) {
        return Slope.of(samples().stream()
                .filter(sample -> sample.seconds() * 2 >= secondsOfLoad && sample.seconds() <= secondsOfLoad)
                .filter(sample -> !Double.isNaN(sample.value(name)))
                .map(sample -> new Slope.Point(sample.seconds(), sample.value(name))).toList());
    }
}
