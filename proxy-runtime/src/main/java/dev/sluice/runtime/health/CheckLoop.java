package dev.sluice.runtime.health;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.loop.Threads;
import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.loop.TimerWheel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code sluice-health}: sockets of checks, tasks and deadlines, one after the other. {@link #execute}, {@link #start} and {@link
 * #close} are for any thread, the rest is for this one.
 *
 * <p>In each turn sockets come before deadlines, so that an answer that is there is seen before the deadline that it meets.
 */
final class CheckLoop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckLoop.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);
    /** The pause after a failure of the selector itself. */
    private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();
    private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The receiver of a socket's readiness. */
    interface Handler {
        /** The socket is ready for what it waits for. Throws nothing. */
        void onReady();
    }

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final TimerWheel timers = new TimerWheel(System.nanoTime());
    private final LogThrottle reports = new LogThrottle(Duration.ofMinutes(1));
    /** The bytes of one read. */
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(Answer.LIMIT);
    private volatile @Nullable Selector selector;
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /** Starts the thread, unless it has been. */
    synchronized void start() {
        if (thread == null && !closed) {
            Thread made = Thread.ofPlatform().daemon().name("sluice-health").unstarted(this::run);
            made.start();
            thread = made;
        }
    }

    /** Whether the thread has been started. */
    boolean isStarted() {
        return thread != null;
    }

    /** Runs a task on the thread, in the order of the calls. Tasks of one that is closed are dropped. */
    @Override
    public void execute(Runnable task) {
        if (closed) {
            return;
        }
        tasks.add(task);
        Selector waiting = selector;
        if (waiting != null && Thread.currentThread() != thread) {
            waiting.wakeup();
        }
    }

    /** Ends the thread, and waits for that. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = thread;
        }
        Selector waiting = selector;
        if (waiting != null) {
            waiting.wakeup();
        }
        if (running != null) {
            LockSupport.unpark(running);
            if (!Threads.join(running, CLOSE_PATIENCE)) {
                LOG.warn("Thread {} has not ended.", running.getName());
            }
        }
    }

    /** Arms a timer, or moves it. */
    void arm(Timer timer, long deadlineNanos) {
        timers.arm(timer, deadlineNanos);
    }

    /** Forgets a timer. */
    void disarm(Timer timer) {
        timers.disarm(timer);
    }

    /**
     * Waits for a socket, in the place of what it has waited for before.
     *
     * @param operations of {@link SelectionKey}
     */
    void await(SocketChannel socket, int operations, Handler handler) throws IOException {
        Selector open = selector;
        if (open == null) {
            throw new IOException("closed");
        }
        SelectionKey key = socket.keyFor(open);
        if (key == null) {
            socket.register(open, operations, handler);
        } else {
            key.interestOps(operations);
        }
    }

    /** An empty buffer for the bytes of one read, good until the next call. */
    ByteBuffer scratch() {
        return scratch.clear();
    }

    private void run() {
        while (!closed) {
            try (Selector opened = Selector.open()) {
                selector = opened;
                while (!closed) {
                    turn(opened);
                }
            } catch (IOException | RuntimeException | Error e) {
                // No descriptor is left, or a defect: checks stand still, and their endpoints keep the states that they have.
                selector = null;
                if (reports.admit(System.nanoTime()) != LogThrottle.NOT_NOW) {
                    LOG.error("Health checks stand still, and are tried again: {}", e.toString(), e);
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
        selector = null;
    }

    private void turn(Selector open) throws IOException {
        // Those that come meanwhile have their turn after the next look at the sockets, which also frees the descriptors of closed ones.
        int due = tasks.size();
        long nanos = due == 0 ? timers.nanosToNext(System.nanoTime()) : 0;
        if (nanos == 0) {
            open.selectNow(CheckLoop::ready);
        } else {
            // Rounded up: a deadline may be late by a millisecond, but is not waited for in circles.
            open.select(CheckLoop::ready, nanos < 0 ? 0 : (nanos + MILLI_NANOS - 1) / MILLI_NANOS);
        }
        for (; due > 0; due--) {
            run(tasks.remove());
        }
        timers.advance(System.nanoTime());
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("Health checks failed because of a defect.", e);
        }
    }

    private static void ready(SelectionKey key) {
        ((Handler) key.attachment()).onReady();
    }
}
