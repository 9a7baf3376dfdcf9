package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.runtime.loop.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor of what is closed when it has ended with a generation: filters, a former admin interface. Each task has a
 * thread of its own, because a plugin may hang; for one that the system refuses a thread, the task runs on the thread
 * that has waited for it since the first reload. So nothing stays open because no thread can be had.
 *
 * <p>Any thread: {@link #execute} never waits and never fails, and may be called by an event loop.
 */
final class Closer implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ThreadFactory threads;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread waiting;
    private volatile boolean closed;

    Closer() {
        this(task -> Thread.ofPlatform().daemon(false).name("sluice-retired").unstarted(task));
    }

    /** @param threads makes the threads of single tasks */
    Closer(ThreadFactory threads) {
        this.threads = threads;
    }

    /**
     * Starts the thread that waits for tasks, unless it runs. Not on an event loop.
     *
     * @throws EngineException when the system has no thread
     */
    synchronized void start() {
        if (waiting != null || closed) {
            return;
        }
        try {
            waiting = Thread.ofPlatform().daemon().name("sluice-closer").start(this::run);
        } catch (OutOfMemoryError none) {
            throw new EngineException("this process cannot have another thread: raise its limit (ulimit -u, or pids.max"
                    + " of its control group)", none);
        }
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        LockSupport.unpark(waiting);
    }

    private void run() {
        while (!closed) {
            if (tasks.isEmpty()) {
                LockSupport.park(this);
                // Interrupts mean nothing here, and one left pending would keep it from waiting.
                Thread.interrupted();
            }
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                runOutside(task);
            }
        }
    }

    private void runOutside(Runnable task) {
        try {
            threads.newThread(task).start();
        } catch (OutOfMemoryError none) {
            runHere(task);
        }
    }

    private static void runHere(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("Something could not be closed. Please report this.", e);
        }
    }

    /** Ends the thread, and runs what it has not come to. Does not wait for the threads of single tasks. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = waiting;
        }
        if (running != null) {
            LockSupport.unpark(running);
            Threads.join(running, PATIENCE);
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            runHere(task);
        }
    }
}
