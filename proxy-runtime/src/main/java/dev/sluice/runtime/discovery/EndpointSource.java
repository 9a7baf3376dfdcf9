package dev.sluice.runtime.discovery;

/**
 * A source of endpoints. It publishes whole sets; the last one stays in use, so a source that dies or stalls does no harm.
 * Started once, closed once, each from any thread.
 */
public interface EndpointSource extends AutoCloseable {
    /** Begins to publish, from any thread; returns at once. */
    void start(Publication to);

    /** Ends it; returns at once. What it publishes afterwards is ignored. */
    @Override
    void close();
}
