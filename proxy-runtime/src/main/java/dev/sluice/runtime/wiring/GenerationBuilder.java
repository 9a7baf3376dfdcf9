package dev.sluice.runtime.wiring;

import java.util.function.Consumer;

import com.google.inject.Guice;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.plugin.PluginRegistry;
import org.jspecify.annotations.Nullable;

/** The builder of a server's generations, which share its running state. One thread at a time, because the running state is asked. */
public final class GenerationBuilder {
    private final Running running;
    private final @Nullable Consumer<AccessEntry> accessLog;

    /**
     * A builder for one server.
     *
     * @param accessLog gets each connection that has ended; null = no access log
     */
    public GenerationBuilder(Running running, @Nullable Consumer<AccessEntry> accessLog) {
        this.running = running;
        this.accessLog = accessLog;
    }

    /**
     * Builds everything that a configuration asks for; starts nothing, opens nothing but what filters open, and leaves the limits that are in
     * force as they are. The generation is to be closed.
     *
     * @param number of the generation, from 1
     * @param plugins that the configuration was read with
     * @throws ProblemsException with all that filters find wrong; nothing is left open then
     */
    public Generation build(long number, Configuration configuration, PluginRegistry plugins)
            throws ProblemsException {
        FilterAssembly filters = new FilterAssembly(configuration, running);
        if (!filters.problems().isEmpty()) {
            filters.close();
            throw new ProblemsException(filters.problems());
        }
        return Guice.createInjector(new GenerationModule(number, configuration, plugins, filters.plans(), running,
                accessLog)).getInstance(Generation.class);
    }

    /**
     * Finds what only making the filters of a configuration shows.
     *
     * @throws ProblemsException with all of it
     */
    public static void check(Configuration configuration) throws ProblemsException {
        FilterAssembly filters = new FilterAssembly(configuration,
                new Running(configuration.runtime().eventLoops()));
        filters.close();
        if (!filters.problems().isEmpty()) {
            throw new ProblemsException(filters.problems());
        }
    }
}
