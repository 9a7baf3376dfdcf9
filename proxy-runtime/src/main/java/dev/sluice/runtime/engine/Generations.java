package dev.sluice.runtime.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.Serving;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.wiring.Generation;
import org.jspecify.annotations.Nullable;

/**
 * The generation that serves, and the settings of earlier generations that connections still use. A generation is alive
 * as long as a listener's settings that ended with it have connections; one whose settings were all kept by the next
 * ended without a trace. Any thread but an event loop's.
 *
 * <pre>
 *   settings of a listener:
 *   publish           publish of a generation without them        last connection ended
 *   ────────▶ SERVING ─────────────────────────────────▶ RETIRED ───────────────────▶ filters closed, by the executor
 * </pre>
 */
final class Generations {
    /**
     * The settings of a listener that serve no new connections.
     *
     * @param ended the time at which they ended
     */
    record Retired(ListenerGeneration listener, Instant ended) {}

    private static final Published UNKNOWN = new Published(new ConfigSource("", ""), Instant.EPOCH);

    private final Executor closer;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Retired> retired = new ArrayList<>();
    private volatile @Nullable Generation serving;
    /** The generations that are alive, and some that have ended. */
    private final Map<Long, Published> published = new ConcurrentHashMap<>();

    /**
     * The origin of a generation.
     *
     * @param since the time at which it began to serve
     */
    record Published(ConfigSource source, Instant since) {}

    /** @param closer runs the closing of filters, which must not run on an event loop */
    Generations(Executor closer) {
        this.closer = closer;
    }

    /**
     * Applies the limits of a generation and makes it the serving one. On the thread that builds generations.
     */
    void publish(Generation next, ConfigSource source) {
        Set<Long> alive = retired().stream().map(entry -> entry.listener().generation()).collect(Collectors.toSet());
        Generation before = serving;
        published.keySet().removeIf(number -> !alive.contains(number) && (before == null || number != before.number()));
        published.put(next.number(), new Published(source, Instant.now()));
        next.applyLimits();
        next.serveCertificates();
        next.listeners().values().stream().map(Serving::listener)
                .forEach(listener -> listener.keptBy(next.number()));
        serving = next;
    }

    /**
     * Closes the filters of a listener's former settings after the last of their connections. The caller has made sure
     * that they get no further one.
     */
    void retire(ListenerGeneration listener) {
        retire(enter(listener));
    }

    /**
     * Like {@link #retire}, but connections may still begin until {@code closed} is completed.
     *
     * @param barrier waits until those that have begun are counted; run by the executor
     */
    void retireAfter(CompletableFuture<?> closed, ListenerGeneration listener, Runnable barrier) {
        Retired entry = enter(listener);
        CompletableFuture<Void> _ = closed.thenRunAsync(() -> {
            barrier.run();
            retire(entry);
        }, closer);
    }

    private Retired enter(ListenerGeneration listener) {
        Retired entry = new Retired(listener, Instant.now());
        lock.lock();
        try {
            retired.add(entry);
        } finally {
            lock.unlock();
        }
        return entry;
    }

    private void retire(Retired entry) {
        entry.listener().connections().retire(() -> closer.execute(() -> close(entry)));
    }

    /** The generation of new connections. */
    Generation serving() {
        Generation now = serving;
        if (now == null) {
            throw new IllegalStateException("no generation was published");
        }
        return now;
    }

    /** The origin of a generation that is alive. */
    Published published(long number) {
        return published.getOrDefault(number, UNKNOWN);
    }

    /** The settings that ended and still have connections, those that ended first before others. */
    List<Retired> retired() {
        lock.lock();
        try {
            return List.copyOf(retired);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Resets the connections whose settings were last those of a generation that has ended, spread evenly over a period
     * and each at a quiet moment.
     *
     * @return false if no such generation has connections
     * @throws EngineException if the generation serves
     */
    boolean drain(long number, Duration period, List<Worker> workers, Events events) {
        if (serving().number() == number) {
            throw new EngineException("generation " + number + " serves: only one that has ended can be drained");
        }
        if (retired().stream().noneMatch(entry -> entry.listener().generation() == number)) {
            return false;
        }
        events.add(Event.Kind.OPERATOR, "generation " + number,
                "its connections are reset over " + period.toSeconds() + " s");
        long start = System.nanoTime();
        workers.forEach(worker -> worker.drainGeneration(number, start, period.toNanos()));
        return true;
    }

    /** Closes all filters. After the last connection, and not on an event loop. */
    void close() {
        retired().forEach(this::close);
        Generation last = serving;
        if (last != null) {
            last.running().ended();
            last.discard(null);
        }
    }

    private void close(Retired entry) {
        lock.lock();
        try {
            if (!retired.remove(entry)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        Generation.closeFilters(entry.listener());
    }
}
