package dev.sluice.runtime.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;

/** A clock that stands still unless it is advanced; everything happens on the test's own thread. */
final class TestingTiming implements Timing {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private record Task(long at, long order, Runnable task) {}

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
    private long nanos;
    private long order;
    private boolean closed;

    /** Lets time pass, and does what is due in it. */
    void advance(Duration duration) {
        long end = nanos + duration.toNanos();
        while (!closed && !tasks.isEmpty() && tasks.element().at <= end) {
            Task next = tasks.remove();
            nanos = next.at;
            next.task.run();
        }
        nanos = end;
    }

    /** Does what is due now. */
    void settle() {
        advance(Duration.ZERO);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return BEGIN.plusNanos(nanos);
    }

    @Override
    public Runnable after(Duration delay, Runnable task) {
        Task added = new Task(nanos + delay.toNanos(), order++, task);
        tasks.add(added);
        return () -> tasks.remove(added);
    }

    /** Tasks that have not begun. */
    int waiting() {
        return tasks.size();
    }

    @Override
    public void apart(Runnable task) {
        task.run();
    }

    @Override
    public <T> List<T> sideBySide(List<Callable<T>> parts) {
        List<T> results = new ArrayList<>();
        for (Callable<T> part : parts) {
            try {
                results.add(part.call());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return results;
    }

    @Override
    public void close() {
        closed = true;
    }
}
