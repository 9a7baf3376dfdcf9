package dev.sluice.runtime.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.observe.PluginLoaderStates;
import dev.sluice.runtime.plugin.PluginLoaders;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.wiring.Generation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch over plugins that a reload has replaced: whether their classes leave the memory once no connection has one
 * of their filters. Its thread exists only while there is such a plugin. Any thread.
 */
final class PluginCare implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginCare.class);
    private static final long PERIOD_SECONDS = 10;

    /**
     * A registry that serves no more.
     *
     * @param last the number of the last generation with it
     */
    private record Superseded(PluginRegistry registry, long last) {}

    private final PluginLoaders loaders = new PluginLoaders();
    private final Generations generations;
    private final List<Superseded> superseded = new ArrayList<>();
    private @Nullable ScheduledExecutorService timer;
    private @Nullable Future<?> checking;

    PluginCare(Generations generations) {
        this.generations = generations;
    }

    /** Notes that a generation serves, perhaps instead of another. */
    synchronized void serving(Generation generation, @Nullable Generation before) {
        loaders.opened(generation.plugins(), generation.number(), Instant.now());
        if (before == null || before.plugins().equals(generation.plugins())) {
            return;
        }
        if (!loaders.hasOwn(before.plugins())) {
            // The usual case: the files of the plugins are as they were.
            loaders.retired(before.plugins(), System.nanoTime());
        } else {
            superseded.add(new Superseded(before.plugins(), before.number()));
            startTimer();
        }
    }

    private void startTimer() {
        if (timer != null) {
            return;
        }
        ScheduledExecutorService starting = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("sluice-plugins").factory());
        try {
            checking = starting.scheduleWithFixedDelay(this::check, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
            timer = starting;
        } catch (OutOfMemoryError none) {
            // The configuration serves all the same; the next one that replaces a plugin tries again.
            starting.shutdownNow();
            LOG.warn("Replaced plugins are not watched for now: the system has no thread for that.");
        }
    }

    private synchronized void check() {
        long oldest = generations.retired().stream().mapToLong(entry -> entry.listener().generation()).min()
                .orElse(Long.MAX_VALUE);
        superseded.removeIf(each -> {
            boolean over = each.last < oldest;
            if (over) {
                loaders.retired(each.registry, System.nanoTime());
            }
            return over;
        });
        loaders.check(System.nanoTime());
        if (superseded.isEmpty() && loaders.states().retired() == 0) {
            close();
        }
    }

    /** The loaders of plugins now. */
    PluginLoaderStates states() {
        return loaders.states();
    }

    @Override
    public synchronized void close() {
        ScheduledExecutorService running = timer;
        timer = null;
        if (checking != null) {
            checking.cancel(false);
        }
        if (running != null) {
            running.shutdown();
        }
    }
}
