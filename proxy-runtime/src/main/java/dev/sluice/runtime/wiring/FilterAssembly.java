package dev.sluice.runtime.wiring;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.Direction;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.chain.FilterFailure;
import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.chain.Quarantine;
import dev.sluice.runtime.config.ConfigProblem;
import dev.sluice.runtime.config.model.FilterChecks;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.ProxyConfiguration;
import dev.sluice.runtime.config.model.QuarantineConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The filters of a configuration in the making. What providers find wrong is collected, with its place, rather than thrown. One thread. */
final class FilterAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(FilterAssembly.class);

    private final ProxyConfiguration configuration;
    private final Running running;
    private final Map<String, ChainPlan> plans = new LinkedHashMap<>();
    private final List<ConfigProblem> problems = new ArrayList<>();

    FilterAssembly(ProxyConfiguration configuration, Running running) {
        this.configuration = configuration;
        this.running = running;
        boolean paranoid = configuration.runtime().filterChecks() == FilterChecks.PARANOID;
        for (ListenerConfig listener : configuration.listeners()) {
            plans.put(listener.name(), new ChainPlan(listener.name(), slots(listener), paranoid));
        }
    }

    /** One for each listener, by its name; those with problems lack filters. */
    Map<String, ChainPlan> plans() {
        return plans;
    }

    /** What is wrong; if anything is, the plans are to be closed. */
    List<ConfigProblem> problems() {
        return problems;
    }

    void close() {
        plans.values().forEach(plan -> plan.slots().forEach(FilterSlot::close));
    }

    private List<FilterSlot> slots(ListenerConfig listener) {
        List<FilterSlot> slots = new ArrayList<>();
        for (FilterConfig filter : listener.filters()) {
            if (slots.size() == ConnectionChain.MOST_FILTERS) {
                problem(filter, new ConfigException("a listener has at most " + ConnectionChain.MOST_FILTERS
                        + " filters"));
                break;
            }
            FilterSlot slot = slot(listener, filter, slots.size());
            if (slot != null) {
                slots.add(slot);
            }
        }
        checkRoom(listener, slots);
        return slots;
    }

    private @Nullable FilterSlot slot(ListenerConfig listener, FilterConfig filter, int position) {
        FilterFactory factory = null;
        try {
            factory = create(filter.provider(), filter, new Environment(listener.name(), filter.name(), running.loops(),
                    directoryOf(filter)));
            if (factory == null) {
                throw new ConfigException("the provider of filter type '" + filter.type() + "' returned no factory");
            }
            return new FilterSlot(running.filter(listener.name(), filter.name()), filter.type(), position, factory,
                    rule(filter.quarantine()));
        } catch (ConfigException e) {
            problem(filter, e);
        } catch (Throwable e) {
            FilterFailure failure = FilterFailure.of(e);
            LOG.error("Listener {}: filter '{}' could not be made.", listener.name(), filter.name(), failure);
            problem(filter, new ConfigException("a filter of type '" + filter.type() + "' could not be made: "
                    + failure.getMessage() + "; the log has the stack trace"));
        }
        if (factory != null) {
            close(factory, filter);
        }
        return null;
    }

    private static void close(FilterFactory factory, FilterConfig filter) {
        try {
            factory.close();
        } catch (Throwable e) {
            LOG.error("Filter '{}' failed to close.", filter.name(), FilterFailure.of(e));
        }
    }

    private static <C extends Record> FilterFactory create(FilterProvider<C> provider, FilterConfig filter,
            FilterEnvironment environment) {
        return provider.create(provider.configType().cast(filter.config()), environment);
    }

    private void problem(FilterConfig filter, ConfigException what) {
        problems.add(ConfigProblem.at(filter.place(), what));
    }

    /** Filters of a direction share a buffer: all that they may hold has to fit, or one could keep the others from ever deciding. */
    private void checkRoom(ListenerConfig listener, List<FilterSlot> slots) {
        ChainPlan plan = new ChainPlan(listener.name(), slots, false);
        int readBuffer = configuration.memory().readBuffer();
        for (Direction direction : Direction.values()) {
            if (plan.mostHeld(direction) > readBuffer) {
                FilterConfig last = listener.filters().getLast();
                problem(last, new ConfigException(null, "together with the filters before it, this one may hold "
                        + plan.mostHeld(direction) + " bytes of " + direction.label() + ", but memory.readBuffer is "
                        + readBuffer, "filters that hold no more than memory.readBuffer together", null));
            }
        }
    }

    private static Quarantine.@Nullable Rule rule(@Nullable QuarantineConfig config) {
        return config == null
                ? null
                : new Quarantine.Rule(config.after(), config.within().toNanos(), config.duration().toNanos(),
                        config.bypass());
    }

    private static Path directoryOf(FilterConfig filter) {
        Path here = Path.of("").toAbsolutePath();
        try {
            Path file = Path.of(filter.place().at(null).source()).toAbsolutePath();
            Path directory = file.getParent();
            return Files.isRegularFile(file) && directory != null ? directory : here;
        } catch (InvalidPathException notAFile) {
            // A configuration that was given as text.
            return here;
        }
    }

    private record Environment(String listener, String filter, int eventLoops,
            Path directory) implements FilterEnvironment {
        @Override
        public Path resolve(String path) {
            return directory.resolve(path);
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public System.Logger logger() {
            return System.getLogger("filter." + listener + "." + filter);
        }
    }
}
