package dev.sluice.runtime.wiring;

import java.util.function.Consumer;

import com.google.inject.Guice;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.observe.AccessEntry;
import org.jspecify.annotations.Nullable;

/** Turns validated configurations into generations. Thread-safe. */
public final class GenerationBuilder {
    private final int loops;
    private final @Nullable Consumer<AccessEntry> accessLog;

    /**
     * A builder.
     *
     * @param loops event loops of the server; each has counters of its own
     * @param accessLog told of each connection that has ended
     */
    public GenerationBuilder(int loops, @Nullable Consumer<AccessEntry> accessLog) {
        this.loops = loops;
        this.accessLog = accessLog;
    }

    /**
     * Builds everything that a configuration asks for; starts nothing, and opens nothing but what filters open. The generation is to be closed.
     *
     * @throws ProblemsException with all that filters find wrong; nothing is left open then
     */
    public Generation build(Configuration configuration) throws ProblemsException {
        FilterAssembly filters = new FilterAssembly(configuration, loops);
        if (!filters.problems().isEmpty()) {
            filters.close();
            throw new ProblemsException(filters.problems());
        }
        return Guice.createInjector(new GenerationModule(configuration, filters.plans(), loops, accessLog))
                .getInstance(Generation.class);
    }

    /**
     * Finds what only making the filters of a configuration shows.
     *
     * @throws ProblemsException with all of it
     */
    public static void check(Configuration configuration) throws ProblemsException {
        FilterAssembly filters = new FilterAssembly(configuration, configuration.runtime().eventLoops());
        filters.close();
        if (!filters.problems().isEmpty()) {
            throw new ProblemsException(filters.problems());
        }
    }
}
