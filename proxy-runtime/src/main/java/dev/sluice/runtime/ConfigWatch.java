package dev.sluice.runtime;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch over the files of a configuration ({@code runtime.watch}), which reloads when they have changed. It looks at
 * them at an interval: notifications of the system miss bind mounts, network file systems, and the symbolic links of a
 * ConfigMap. A change counts when two looks in a row are equal, so that a file is not read while it is being written.
 *
 * <p>A writer that pauses may still leave a valid half for two looks. If that half switches the watch off, because the
 * section {@code runtime} is not there yet, the watch goes on for some looks, and so meets the rest.
 *
 * <p>A refused configuration is not tried again before its files change once more. Any thread.
 */
final class ConfigWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);
    /** The number of looks after the watch has led to its own end. */
    static final int LAST_LOOKS = 60;
    private static final int UNLIMITED = -1;

    /** The files, and the reload of them. */
    interface Files {
        /** The state of the files when they were last read. */
        Object then();

        /** The state of the files now. */
        Object now();

        /** Reads them again and applies them; reports a refusal itself. */
        void reload();
    }

    private final Files files;
    private @Nullable ScheduledExecutorService timer;
    private @Nullable Future<?> looking;
    private Duration interval = Duration.ZERO;
    /** The looks that are left. */
    private int left = UNLIMITED;
    /** The timer's thread, while it reloads. */
    private @Nullable Thread reloading;
    /** The last look, if it was different from the files that were read; on the timer's thread. */
    private @Nullable Object candidate;

    /** The last look that led to a reload; on the timer's thread. */
    private @Nullable Object tried;

    ConfigWatch(Files files) {
        this.files = files;
    }

    /** Changes the interval; zero = off, after some more looks if this watch has led to it. */
    synchronized void every(Duration changed) {
        if (changed.isZero() && Thread.currentThread() == reloading) {
            LOG.info(
                    "The configuration switches the watch over its files off. They are looked at {} more times, in case"
                            + " this one was not complete.",
                    LAST_LOOKS);
            left = LAST_LOOKS;
            return;
        }
        left = UNLIMITED;
        if (changed.equals(interval)) {
            return;
        }
        interval = changed;
        if (looking != null) {
            looking.cancel(false);
            looking = null;
        }
        if (changed.isZero()) {
            stopTimer();
            return;
        }
        ScheduledExecutorService running = timer;
        if (running == null) {
            running = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("sluice-watch").factory());
            timer = running;
        }
        try {
            looking = running.scheduleWithFixedDelay(this::look, changed.toMillis(), changed.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (OutOfMemoryError none) {
            LOG.error("The files of the configuration are not watched: the system has no thread for that. The next"
                    + " reload tries again.");
            interval = Duration.ZERO;
            stopTimer();
        }
    }

    /** Looks once. */
    void look() {
        try {
            Object now = files.now();
            if (now.equals(files.then())) {
                candidate = null;
                tried = null;
            } else if (now.equals(tried)) {
                candidate = null;
            } else if (now.equals(candidate)) {
                candidate = null;
                tried = now;
                LOG.info("The files of the configuration have changed.");
                reload();
            } else {
                candidate = now;
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The files of the configuration could not be watched; trying again.", e);
        }
        countDown();
    }

    private void reload() {
        reloadingOn(Thread.currentThread());
        try {
            files.reload();
        } finally {
            reloadingOn(null);
        }
    }

    private synchronized void reloadingOn(@Nullable Thread thread) {
        reloading = thread;
    }

    private synchronized void countDown() {
        if (left > 0) {
            left--;
        }
        if (left == 0) {
            every(Duration.ZERO);
        }
    }

    private void stopTimer() {
        ScheduledExecutorService running = timer;
        timer = null;
        if (running != null) {
            running.shutdown();
        }
    }

    /** Ends the watch; a reload that it has begun goes on. */
    @Override
    public synchronized void close() {
        interval = Duration.ZERO;
        stopTimer();
    }
}
