package dev.sluice.runtime.relay;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The number of open connections of one configuration generation, counted for each event loop, so that the generation's
 * resources can be closed after the last of them.
 *
 * <p><b>Thread.</b> {@link #opened} and {@link #closed} belong to the loop of that index; everything else may be called by any thread.
 */
public final class OpenConnections {
    /** The distance of counts, one cache line: two loops must not write to the same line. */
    private static final int STRIDE = 64 / Long.BYTES;

    private final long number;
    private final AtomicLongArray counts;
    private final AtomicBoolean retired = new AtomicBoolean();
    /** The task of {@link #retire}, until it has been run. */
    private final AtomicReference<@Nullable Runnable> whenNone = new AtomicReference<>();

    /**
     * None, of a generation.
     *
     * @param number of the generation
     * @param loops event loops of the server
     */
    public OpenConnections(long number, int loops) {
        this.number = number;
        this.counts = new AtomicLongArray((loops + 1) * STRIDE);
    }

    /** The number of the generation. */
    long number() {
        return number;
    }

    /** Counts a connection opened on the loop of this index; called on it. */
    public void opened(int loop) {
        add(loop, 1);
    }

    /** Counts a connection closed on the loop of this index; called on it. */
    public void closed(int loop) {
        add(loop, -1);
        if (whenNone.get() != null) {
            runIfNone();
        }
    }

    /** Connections that are open now. */
    public long count() {
        long sum = 0;
        for (int i = STRIDE; i < counts.length(); i += STRIDE) {
            sum += counts.get(i);
        }
        return sum;
    }

    /**
     * Runs {@code task} once, when no connection is open: here, if that is so already, or on the loop of the last one.
     * The caller has made sure that no further connection is opened. May be called once.
     */
    public void retire(Runnable task) {
        if (!retired.compareAndSet(false, true)) {
            throw new IllegalStateException("retired already");
        }
        whenNone.set(task);
        runIfNone();
    }

    private void runIfNone() {
        // Counts and task are volatile: of two loops that close their last connections at the same time, one sees the other's zero.
        Runnable task = count() == 0 ? whenNone.getAndSet(null) : null;
        if (task != null) {
            task.run();
        }
    }

    private void add(int loop, long change) {
        int slot = (loop + 1) * STRIDE;
        counts.set(slot, counts.getPlain(slot) + change);
    }
}
