package dev.sluice.api.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.api.Counter;
import dev.sluice.api.FilterEnvironment;

/** An environment for tests: names, a directory, counters, and a clock that is moved by hand. Thread-safe. */
public final class TestingEnvironment implements FilterEnvironment {
    /** Negative, as {@link System#nanoTime} may be: a filter that takes 0 for "never" is found. */
    private static final long ORIGIN = Duration.ofHours(-1).toNanos();

    private final String listener;
    private final String filter;
    private final int eventLoops;
    private final Path directory;
    private final AtomicLong nanoTime = new AtomicLong(ORIGIN);
    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();

    /**
     * Makes an environment with listener {@code test}, filter {@code filter}, one event loop, and the working
     * directory.
     */
    public TestingEnvironment() {
        this("test", "filter", 1, Path.of(""));
    }

    /**
     * Makes an environment with listener {@code test}, filter {@code filter}, and one event loop.
     *
     * @param directory the start of relative paths in a configuration
     */
    public TestingEnvironment(Path directory) {
        this("test", "filter", 1, directory);
    }

    /**
     * Makes an environment.
     *
     * @param listener the name of the listener
     * @param filter the name of the filter
     * @param eventLoops the result of {@link #eventLoops}; the kit starts none
     * @param directory the start of relative paths in a configuration
     */
    public TestingEnvironment(String listener, String filter, int eventLoops, Path directory) {
        this.listener = listener;
        this.filter = filter;
        this.eventLoops = eventLoops;
        this.directory = directory;
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public String filter() {
        return filter;
    }

    @Override
    public int eventLoops() {
        return eventLoops;
    }

    @Override
    public Path resolve(String path) {
        return directory.resolve(path);
    }

    @Override
    public long nanoTime() {
        return nanoTime.get();
    }

    @Override
    public System.Logger logger() {
        return System.getLogger("dev.sluice.filter." + listener + "." + filter);
    }

    /**
     * {@return an executor with a virtual thread for each task, as in the proxy} {@link TestingConnection#awaitResumed}
     * waits for answers from them.
     */
    @Override
    public Executor executor() {
        return Thread::startVirtualThread;
    }

    @Override
    public Counter counter(String name) {
        Counter.requireName(name);
        LongAdder sum;
        synchronized (counters) {
            if (!counters.containsKey(name) && counters.size() == MAX_COUNTERS) {
                throw new IllegalStateException("counter '" + name + "' would be number " + (MAX_COUNTERS + 1)
                        + "; a filter can have " + MAX_COUNTERS);
            }
            sum = counters.computeIfAbsent(name, any -> new LongAdder());
        }
        return count -> {
            if (count < 0) {
                throw new IllegalArgumentException("counter '" + name + "' cannot go down: " + count);
            }
            sum.add(count);
        };
    }

    /**
     * Returns the value of a counter.
     *
     * @param name its name
     * @return the value; 0 if the filter has not asked for the counter
     */
    public long count(String name) {
        LongAdder sum = counters.get(name);
        return sum == null ? 0 : sum.sum();
    }

    /**
     * Moves the clock at once. A {@link TestingConnection} notices when it is used next;
     * {@link TestingConnection#advance} stops at each of its deadlines instead.
     *
     * @param time not negative
     * @throws IllegalArgumentException if the time is negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time does not run backwards: " + time);
        }
        nanoTime.addAndGet(time.toNanos());
    }
}
