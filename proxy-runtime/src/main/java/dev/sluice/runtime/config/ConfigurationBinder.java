package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.config.model.RuntimeConfig;
import dev.sluice.runtime.memory.MemoryPlan;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.shape.RecordShapes;
import dev.sluice.runtime.shape.Shape.Component;
import dev.sluice.runtime.shape.Shape.ListShape;
import dev.sluice.runtime.shape.Shape.RecordShape;
import dev.sluice.runtime.yaml.Location;
import dev.sluice.runtime.yaml.Node;
import org.jspecify.annotations.Nullable;

/**
 * A binder of the top level of all files to one {@link Configuration}, which also computes the defaults that depend on
 * the machine. Used by one thread.
 */
final class ConfigurationBinder {
    /** The component types that are not read from text; true = users write the key. */
    static final Map<Class<?>, Boolean> GIVEN = Map.of(ConfigPlace.class, false, FilterProvider.class, false,
            Record.class,
            true);

    static final int MOST_EVENT_LOOPS = 1024;

    private final Context context;
    private final FilterSource filterSource;
    private final FilterTypes filterTypes;
    private final RecordBinder binder;
    private final MemoryPlan memoryPlan;

    /** @param memoryPlan for the defaults of {@code memory} */
    ConfigurationBinder(Context context, FilterSource filterSource, MemoryPlan memoryPlan) {
        this.memoryPlan = memoryPlan;
        this.context = context;
        this.filterSource = filterSource;
        this.filterTypes = new FilterTypes(context);
        this.binder = new RecordBinder(context, filterTypes);
    }

    static RecordShape shape() {
        return Known.SHAPE;
    }

    /**
     * The configuration; if a problem has been reported, it has only the valid parts.
     *
     * @param mostLoops the most event loops that there are by default
     */
    Configuration read(DocumentLoader.Documents documents, int mostLoops) {
        context.compute(RuntimeConfig.EVENT_LOOPS,
                Integer.toString(Math.min(mostLoops, Runtime.getRuntime().availableProcessors())));
        context.compute(FilterConfig.NAME, "filter");
        int eventLoops = 1;
        List<@Nullable Object> values = new ArrayList<>();
        RecordShape shape = shape();
        for (Component component : shape.components()) {
            Object value = component.shape() instanceof ListShape
                    ? all(component, documents.roots())
                    : only(component, documents);
            if (value instanceof MemoryConfig memory) {
                // The other defaults of this section depend on its readBuffer.
                computeMemory(eventLoops, memory.readBuffer().bytes());
                value = only(component, documents);
            }
            values.add(value);
            if (value instanceof PluginsConfig plugins) {
                filterTypes.open(filterSource.open(plugins),
                        documents.complete() && !plugins.place().isWrong("directory"));
            } else if (value instanceof RuntimeConfig runtime) {
                eventLoops = runtime.eventLoops();
                computeMemory(eventLoops, 0);
            }
        }
        documents.roots().forEach(root -> root.refuseOtherKeys(shape.plannedKeys()));
        Configuration configuration = (Configuration) PluginCode.construct(shape.constructor(), values.toArray());
        filterTypes.reportBroken(configuration.plugins());
        return configuration;
    }

    /** The section {@code admin} alone; empty if there is none, or none that could be read. */
    Optional<AdminConfig> admin(DocumentLoader.Documents documents) {
        Component component = shape().components().stream()
                .filter(candidate -> candidate.key().equals(ConfigLoader.ADMIN)).findFirst().orElseThrow();
        return only(component, documents) instanceof Optional<?> section
                ? section.map(AdminConfig.class::cast)
                : Optional.empty();
    }

    /** The shape of a configuration: always the same, and as long to find out as a small configuration takes to read. */
    private static final class Known {
        static final RecordShape SHAPE = RecordShapes.own(Configuration.class, GIVEN);
    }

    private void computeMemory(int eventLoops, long readBuffer) {
        long each = readBuffer * eventLoops;
        context.compute(MemoryConfig.POOL,
                Quantities.show(memoryPlan.pool(SectionChecks.POOL_BUFFERS_PER_LOOP * each)));
        context.compute(MemoryConfig.STASH, Quantities.show(memoryPlan.stash(each)));
        context.compute(MemoryConfig.PIPES, Quantities.show(memoryPlan.pipes((long) PipePool.PIPE_BYTES * eventLoops)));
    }

    /** The elements of a list that may be in several files. */
    private List<Object> all(Component component, List<Section> roots) {
        List<Object> all = new ArrayList<>();
        for (Section root : roots) {
            if (value(component, root) instanceof List<?> list) {
                all.addAll(list);
            }
        }
        return all;
    }

    /** The value of a section that may be in one file only. */
    private @Nullable Object only(Component component, DocumentLoader.Documents documents) {
        String key = component.key();
        Section holder = documents.main();
        Node first = null;
        for (Section root : documents.roots()) {
            Node node = root.node(key);
            if (node != null && first != null) {
                Location at = root.keyAt(key);
                context.problems().add(at, root.path().key(key),
                        "a second section '" + key + "'; the first is " + first.at().from(at),
                        "each section once in all files; only listeners and clusters may be in several", null);
            } else if (node != null) {
                holder = root;
                first = node;
            }
        }
        return value(component, holder);
    }

    private @Nullable Object value(Component component, Section root) {
        return binder.component(component, List.of(), root,
                new NodePlace(root.node(), root.path(), context.environment()));
    }
}
