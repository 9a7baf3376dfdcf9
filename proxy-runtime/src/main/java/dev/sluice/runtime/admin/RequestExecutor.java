package dev.sluice.runtime.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.sluice.runtime.loop.Threads;

/**
 * The executor that runs each HTTP request on a virtual thread, from its first byte to the end of the response, with a
 * deadline. Interrupting the thread closes the channel it reads or writes, which ends a request that its client does
 * not finish. Any thread.
 */
final class RequestExecutor implements Executor, AutoCloseable {
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    private record Running(Thread thread, long startNanos) {}

    private final int most;
    private final Duration deadline;

    /** Requests under way, in the order of their start. */
    private final Set<Running> running = new LinkedHashSet<>();
    private boolean closed;

    /**
     * @param most requests at once; one more ends the oldest
     * @param deadline the time that a request may take
     */
    RequestExecutor(int most, Duration deadline) {
        this.most = most;
        this.deadline = deadline;
    }

    @Override
    public synchronized void execute(Runnable request) {
        if (closed) {
            throw new RejectedExecutionException("admin is closed");
        }
        if (running.size() >= most) {
            Running oldest = running.iterator().next();
            running.remove(oldest);
            oldest.thread().interrupt();
        }
        Thread thread = Thread.ofVirtual().name("sluice-admin-request").unstarted(() -> {
            try {
                request.run();
            } finally {
                ended(Thread.currentThread());
            }
        });
        running.add(new Running(thread, System.nanoTime()));
        thread.start();
    }

    private synchronized void ended(Thread thread) {
        running.removeIf(exchange -> exchange.thread() == thread);
        notifyAll();
    }

    /** Waits until no request is under way but the caller's own, for a time at most. */
    synchronized void awaitEnd(Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        long left = atMost.toMillis();
        while (left > 0 && running.stream().anyMatch(exchange -> exchange.thread() != Thread.currentThread())) {
            wait(left);
            left = (until - System.nanoTime()) / 1_000_000;
        }
    }

    /** Requests under way. */
    synchronized int running() {
        return running.size();
    }

    /**
     * Ends the requests beyond their deadline. @return whether others are under way, so that this has to be called
     * again soon
     */
    synchronized boolean expire() {
        long now = System.nanoTime();
        for (Running exchange : running) {
            if (now - exchange.startNanos() > deadline.toNanos()) {
                exchange.thread().interrupt();
            }
        }
        return !running.isEmpty();
    }

    /** Ends all requests, and waits for them, for a second each at most. */
    @Override
    public void close() {
        List<Running> rest;
        synchronized (this) {
            closed = true;
            rest = new ArrayList<>(running);
        }
        for (Running exchange : rest) {
            // Not the current thread, should a request close the server.
            if (exchange.thread() != Thread.currentThread()) {
                exchange.thread().interrupt();
                Threads.join(exchange.thread(), CLOSE_PATIENCE);
            }
        }
    }
}
