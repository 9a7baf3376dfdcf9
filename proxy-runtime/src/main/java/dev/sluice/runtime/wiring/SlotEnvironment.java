package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.Counter;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.runtime.chain.FilterException;
import dev.sluice.runtime.chain.FilterState;
import dev.sluice.runtime.config.FileStamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The environment of one filter of a generation, with its counters and its threads. Thread-safe; closed after its
 * factory, not on an event loop.
 */
final class SlotEnvironment implements FilterEnvironment, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlotEnvironment.class);
    /** The time after which a task that ignores its interrupt is left alone, and named in the log. */
    private static final long PATIENCE_SECONDS = 5;

    private final FilterState state;
    private final int eventLoops;
    private final Path directory;
    private final FileDigests files = new FileDigests();
    /** The threads, created on first use: few filters have work that blocks. */
    private @Nullable ExecutorService threads;
    private boolean closed;

    /** @param state of the filter, which has its names and its counters */
    SlotEnvironment(FilterState state, int eventLoops, Path directory) {
        this.state = state;
        this.eventLoops = eventLoops;
        this.directory = directory;
    }

    @Override
    public String listener() {
        return state.listener();
    }

    @Override
    public String filter() {
        return state.name();
    }

    @Override
    public int eventLoops() {
        return eventLoops;
    }

    @Override
    public Path resolve(String path) {
        Path file = directory.resolve(path);
        files.add(file);
        return file;
    }

    /** Counts a failure of the filter. */
    void countFailure() {
        state.countFailure();
    }

    /** The state of each file when it was resolved. */
    Map<Path, FileStamp> files() {
        return files.stamps();
    }

    /** Whether the files that were resolved are as they were then. */
    boolean filesAreUnchanged() {
        return files.areUnchanged();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public System.Logger logger() {
        return System.getLogger("filter." + state.listener() + "." + state.name());
    }

    @Override
    public Executor executor() {
        return task -> threads().execute(() -> run(task));
    }

    private synchronized ExecutorService threads() {
        if (closed) {
            throw new RejectedExecutionException(label() + " has been closed, and its executor takes no more tasks");
        }
        ExecutorService made = threads;
        if (made == null) {
            made = Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("sluice-filter-" + state.listener() + "-" + state.name() + "-", 0)
                            .factory());
            threads = made;
        }
        return made;
    }

    /**
     * Runs a task. An exception of a plugin must not reach the default handler of the JVM, which would call its
     * methods.
     */
    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            LOG.error("A task of {} failed.", label(), FilterException.of(failure));
        }
    }

    private String label() {
        return "filter '" + state.name() + "' of listener " + state.listener();
    }

    @Override
    public Counter counter(String name) {
        return state.customCounters().counter(name);
    }

    /** Ends the threads. Waits for those that run, up to {@value #PATIENCE_SECONDS} s. */
    @Override
    public void close() {
        ExecutorService running;
        synchronized (this) {
            closed = true;
            running = threads;
        }
        if (running == null) {
            return;
        }
        running.shutdownNow();
        try {
            if (!running.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("A task of {} goes on although the filter was closed and its thread interrupted {} s ago. It"
                        + " keeps the classes and the memory of its plugin.", label(), PATIENCE_SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
