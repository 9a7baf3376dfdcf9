package dev.sluice.runtime.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The system's time, a thread named {@code sluice-discovery}, and virtual threads. */
final class SystemTiming implements Timing {
    private static final Logger LOG = LoggerFactory.getLogger(SystemTiming.class);

    /** Enough for threads that have been interrupted. */
    private static final Duration END = Duration.ofSeconds(5);

    private final List<Thread> timers = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = Thread.ofPlatform().daemon().name("sluice-discovery").unstarted(task);
        timers.add(thread);
        return thread;
    });
    {
        // A source that has ended may have had an hour to wait.
        timer.setRemoveOnCancelPolicy(true);
    }

    private final ExecutorService waiting = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("sluice-discovery-", 0).factory());

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Runnable after(Duration delay, Runnable task) {
        try {
            // Its failures are logged by run.
            Future<?> scheduled = timer.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            // Nothing begins any longer.
            return () -> {};
        }
    }

    @Override
    public void apart(Runnable task) {
        try {
            waiting.execute(() -> run(task));
        } catch (RejectedExecutionException closed) {
            // Nothing begins any longer.
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("A step of discovery failed.", e);
        }
    }

    @Override
    public <T> List<T> sideBySide(List<Callable<T>> tasks) throws InterruptedException {
        List<T> results = new ArrayList<>();
        try {
            for (Future<T> done : waiting.invokeAll(tasks)) {
                results.add(done.get());
            }
        } catch (RejectedExecutionException closed) {
            throw new InterruptedException();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return results;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        waiting.shutdownNow();
        try {
            if (!timer.awaitTermination(END.toNanos(), TimeUnit.NANOSECONDS)
                    || !waiting.awaitTermination(END.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("A thread of discovery has not ended within {} s.", END.toSeconds());
                return;
            }
            for (Thread thread : timers) {
                // It has nothing left to do, but the system may still know it.
                thread.join(END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
