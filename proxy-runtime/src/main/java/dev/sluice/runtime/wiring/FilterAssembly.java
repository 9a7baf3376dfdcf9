package dev.sluice.runtime.wiring;

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
import dev.sluice.runtime.chain.FilterException;
import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.chain.FilterState;
import dev.sluice.runtime.chain.Quarantine;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.RuntimeConfig.FilterChecks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The filters of a configuration under construction. A filter that is the same in the generation before keeps its
 * factory, and a chain in which all are the same is that of the generation before. Problems that providers find are
 * collected with their places. One thread.
 */
final class FilterAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(FilterAssembly.class);

    private final Configuration configuration;
    private final Running running;
    private final @Nullable Generation previous;
    private final boolean paranoid;
    private final Map<String, ChainPlan> plans = new LinkedHashMap<>();
    private final Map<FilterKey, SharedFactory> factories = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Map<Path, FileStamp> files = new LinkedHashMap<>();

    /** @param previous the generation before; null = none */
    FilterAssembly(Configuration configuration, Running running, @Nullable Generation previous) {
        this.configuration = configuration;
        this.running = running;
        this.previous = previous;
        this.paranoid = configuration.runtime().filterChecks() == FilterChecks.PARANOID;
        for (ListenerConfig listener : configuration.listeners()) {
            plans.put(listener.name(), plan(listener));
        }
    }

    private ChainPlan plan(ListenerConfig listener) {
        List<FilterSlot> slots = slots(listener);
        return new ChainPlan(listener.name(), slots, paranoid);
    }

    /** The factories of all filters. */
    Map<FilterKey, SharedFactory> factories() {
        return factories;
    }

    /** The chain of each listener, by its name; chains with problems lack filters. */
    Map<String, ChainPlan> plans() {
        return plans;
    }

    /** The files that filters with problems have looked for, with their state then. */
    Map<Path, FileStamp> files() {
        return files;
    }

    /** The problems; if there are any, the plans are to be closed. */
    List<Problem> problems() {
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
        FilterState state = running.filter(listener.name(), filter.name());
        FilterKey key = new FilterKey(listener.name(), filter.name());
        SharedFactory before = previous == null ? null : previous.factories().get(key);
        if (before != null && before.shareWith(filter)) {
            factories.put(key, before);
            return new FilterSlot(state, filter.type(), position, before, rule(filter.quarantine().orElse(null)));
        }
        SlotEnvironment environment = new SlotEnvironment(state, running.loops(), filter.place().directory());
        SharedFactory factory = null;
        try {
            FilterFactory made = create(filter.provider(), filter, environment);
            if (made == null) {
                throw new ConfigException("the provider of filter type '" + filter.type() + "' returned no factory");
            }
            factory = new SharedFactory(made, filter, environment);
            FilterSlot slot = new FilterSlot(state, filter.type(), position, factory,
                    rule(filter.quarantine().orElse(null)));
            factories.put(key, factory);
            return slot;
        } catch (ConfigException e) {
            problem(filter, e);
        } catch (Throwable e) {
            FilterException failure = FilterException.of(e);
            LOG.error("Listener {}: filter '{}' could not be created.", listener.name(), filter.name(), failure);
            problem(filter, new ConfigException("a filter of type '" + filter.type() + "' could not be created: "
                    + failure.getMessage() + "; the log has the stack trace"));
        }
        files.putAll(environment.files());
        if (factory == null) {
            environment.close();
        } else {
            close(factory, filter);
        }
        return null;
    }

    private static void close(FilterFactory factory, FilterConfig filter) {
        try {
            factory.close();
        } catch (Throwable e) {
            LOG.error("Filter '{}' failed to close.", filter.name(), FilterException.of(e));
        }
    }

    private static <C extends Record> FilterFactory create(FilterProvider<C> provider, FilterConfig filter,
            FilterEnvironment environment) {
        return provider.create(provider.configType().cast(filter.config()), environment);
    }

    private void problem(FilterConfig filter, ConfigException problem) {
        problems.add(Problem.at(filter.configPlace(), problem));
    }

    /**
     * Checks that the filters of a direction, which share a buffer, may not hold more than fits: otherwise one could
     * keep the others from ever deciding.
     */
    private void checkRoom(ListenerConfig listener, List<FilterSlot> slots) {
        ChainPlan plan = new ChainPlan(listener.name(), slots, false);
        long readBuffer = configuration.memory().readBuffer().bytes();
        for (Direction direction : Direction.values()) {
            if (plan.mostHeld(direction) > readBuffer) {
                FilterConfig last = listener.filters().getLast();
                problem(last, new ConfigException(null, "together with the filters before it, this one may hold "
                        + plan.mostHeld(direction) + " bytes of " + direction.label() + ", but memory.readBuffer is "
                        + readBuffer, "filters that hold no more than memory.readBuffer together", null));
            }
        }
    }

    private static Quarantine.@Nullable Rule rule(FilterConfig.@Nullable Quarantine config) {
        return config == null
                ? null
                : new Quarantine.Rule(config.after(), config.within().toNanos(), config.duration().toNanos(),
                        config.action() == FilterConfig.Action.BYPASS);
    }
}
