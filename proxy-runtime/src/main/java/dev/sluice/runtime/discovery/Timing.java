package dev.sluice.runtime.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/** The time and the threads of discovery, so that tests can have their own. Any thread. */
interface Timing extends AutoCloseable {
    /** The monotonic clock. */
    long nanos();

    /** The time of day, to be shown. */
    Instant now();

    /**
     * Runs a task on the discovery thread, after a delay; not any longer once this is closed.
     *
     * @return forgets the task, if it has not begun
     */
    Runnable after(Duration delay, Runnable task);

    /** Runs a task that may wait, on a thread of its own; not any longer once this is closed. */
    void apart(Runnable task);

    /**
     * Runs tasks that may wait side by side, while the caller waits.
     *
     * @return their results, in the same order
     * @throws InterruptedException if this is closed meanwhile
     */
    <T> List<T> sideBySide(List<Callable<T>> tasks) throws InterruptedException;

    /** Interrupts what waits, and returns when no thread is left. */
    @Override
    void close();
}
