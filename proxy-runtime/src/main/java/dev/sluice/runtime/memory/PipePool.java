package dev.sluice.runtime.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The pipes of one event loop, lent like buffers: for one event, or longer while a slow receiver leaves bytes in the
 * pipe. On the loop's thread, except for {@link #counters}.
 *
 * <p>Pipes are opened when they are needed, up to the bound, and pipes that were not needed for a second are closed.
 */
public final class PipePool {
    /**
     * The size asked for each pipe, in bytes: the most for a user without privileges (pipe-max-size). Smaller pipes
     * save less (decision 0011).
     */
    public static final int PIPE_BYTES = 1024 * 1024;

    private static final int LEAST_BYTES = 256 * 1024;

    private final Source source;
    private final int most;
    private final PipeCounters counters = new PipeCounters();
    /** Pipes free to lend. The last one returned is lent first: its memory is warm. */
    private final ArrayDeque<KernelPipe> idle = new ArrayDeque<>();
    /** All pipes that exist, so that pipes still lent are closed when the loop ends. */
    private final List<KernelPipe> all = new ArrayList<>();
    /** The number of pipes that were idle all the time since the last trim. */
    private int leastIdle;
    /** Whether the system or the transport had no pipe to give; not asked again before the next trim. */
    private boolean refused;

    /** The opener of pipes, which is a poller. */
    @FunctionalInterface
    public interface Source {
        /**
         * Opens a pipe, which the caller closes.
         *
         * @param bytes capacity to ask for
         * @return {@code null} when the system has none to give, or the transport takes all bytes through the process
         */
        @Nullable
        KernelPipe openPipe(int bytes);
    }

    /**
     * A pool without pipes yet.
     *
     * @param bytes that all pipes together may hold
     */
    public PipePool(Source source, long bytes) {
        this.source = source;
        this.most = (int) Math.min(Integer.MAX_VALUE, bytes / PIPE_BYTES);
    }

    /**
     * An empty pipe, for {@link #giveBack} or {@link #discard}.
     *
     * @return {@code null} when there is none: the bytes have to be copied
     */
    public @Nullable KernelPipe borrow() {
        KernelPipe pipe = idle.pollLast();
        if (pipe == null) {
            pipe = openOne();
        }
        leastIdle = Math.min(leastIdle, idle.size());
        if (pipe != null) {
            counters.lent(all.size() - idle.size());
        }
        return pipe;
    }

    private @Nullable KernelPipe openOne() {
        if (all.size() >= most || refused) {
            return null;
        }
        KernelPipe pipe = source.openPipe(PIPE_BYTES);
        if (pipe != null && pipe.capacity() < LEAST_BYTES) {
            // The user's pipes have used up their quota (pipe-user-pages-soft). Pipes this small cost more than
            // copying.
            pipe.close();
            pipe = null;
        }
        if (pipe == null) {
            refused = true;
        } else {
            all.add(pipe);
            counters.open(all.size());
        }
        return pipe;
    }

    /** Takes back a pipe. One that still has content is closed. */
    public void giveBack(KernelPipe pipe) {
        if (pipe.content() > 0) {
            discard(pipe);
            return;
        }
        idle.addLast(pipe);
        counters.returned(all.size() - idle.size());
    }

    /** Closes a pipe and discards its content. */
    public void discard(KernelPipe pipe) {
        if (!all.remove(pipe)) {
            // Given up before, on the way to a failure.
            return;
        }
        pipe.close();
        counters.open(all.size());
        counters.returned(all.size() - idle.size());
    }

    /** Counts bytes that have passed through pipes. */
    public void moved(int bytes) {
        counters.moved(bytes);
    }

    /** Counters of this pool; any thread may read them. */
    public PipeCounters counters() {
        return counters;
    }

    /** Closes the pipes that were not needed since the last call. Called about once a second. */
    public void trim() {
        refused = false;
        for (int i = leastIdle; i > 0; i--) {
            discard(idle.removeFirst());
        }
        leastIdle = idle.size();
    }

    /** Closes all pipes, lent ones too: the loop has ended. */
    public void close() {
        idle.clear();
        all.forEach(KernelPipe::close);
        all.clear();
        counters.open(0);
        counters.returned(0);
    }
}
