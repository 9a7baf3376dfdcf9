package dev.sluice.runtime.wiring;

import java.util.function.Consumer;

import com.google.inject.Guice;
import dev.sluice.runtime.config.model.ProxyConfiguration;
import dev.sluice.runtime.observe.AccessEntry;

/** Turns validated configurations into generations. Thread-safe. */
public final class GenerationBuilder {
    private final int loops;
    private final Consumer<AccessEntry> accessLog;

    /**
     * @param loops event loops of the server; each has counters of its own
     * @param accessLog told of each connection that has ended
     */
    public GenerationBuilder(int loops, Consumer<AccessEntry> accessLog) {
        this.loops = loops;
        this.accessLog = accessLog;
    }

    /** Builds everything that a configuration asks for; opens nothing and starts nothing. */
    public Generation build(ProxyConfiguration configuration) {
        return Guice.createInjector(new GenerationModule(configuration, loops, accessLog))
                .getInstance(Generation.class);
    }
}
