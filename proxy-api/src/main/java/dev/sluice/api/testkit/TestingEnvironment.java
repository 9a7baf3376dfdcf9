package dev.sluice.api.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.api.FilterEnvironment;

/** Where a filter is tested: names, a directory, and a clock that is moved by hand. Thread-safe. */
public final class TestingEnvironment implements FilterEnvironment {
    /** Negative, as {@link System#nanoTime} may be: a filter that takes 0 for "never" is found. */
    private static final long ORIGIN = Duration.ofHours(-1).toNanos();

    private final String listener;
    private final String filter;
    private final int eventLoops;
    private final Path directory;
    private final AtomicLong nanoTime = new AtomicLong(ORIGIN);

    /** Listener {@code test}, filter {@code filter}, one event loop, and the working directory. */
    public TestingEnvironment() {
        this("test", "filter", 1, Path.of(""));
    }

    /**
     * The same with another directory.
     *
     * @param directory where the relative paths of a configuration start
     */
    public TestingEnvironment(Path directory) {
        this("test", "filter", 1, directory);
    }

    /**
     * An environment of these values.
     *
     * @param eventLoops what {@link #eventLoops} returns; the kit starts none
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
     * Moves the clock, at once. A {@link TestingConnection} sees that when it is used next; {@link TestingConnection#advance} stops at each of
     * its deadlines instead.
     *
     * @throws IllegalArgumentException if the time is negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time does not run backwards: " + time);
        }
        nanoTime.addAndGet(time.toNanos());
    }
}
