package dev.sluice.runtime.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.shape.RecordDefectException;
import dev.sluice.runtime.shape.RecordShapes;
import dev.sluice.runtime.shape.Shape.GivenShape;
import dev.sluice.runtime.shape.Shape.RecordShape;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The filter types of one load, which give a filter its provider and bind {@code config:} to the provider's record.
 * Used by one thread.
 */
final class FilterTypes implements RecordBinder.GivenValues {
    /** The built-in filter that detects protocol, SNI and ALPN. */
    static final String SNIFF = "sniff";
    /** The built-in types, which an embedding program need not have. */
    private static final Set<String> BUILT_IN = Set.of("acl", "fault", "rate-limit", SNIFF);

    private final Context context;
    /** The shapes by type; none for a provider whose record cannot be bound. */
    private final Map<String, RecordShape> shapes = new HashMap<>();
    private FilterCatalog catalog = FilterCatalog.EMPTY;
    private boolean complete;
    private boolean missed;

    FilterTypes(Context context) {
        this.context = context;
    }

    /** @param whole false if the catalog may lack types that the configuration meant */
    void open(FilterCatalog types, boolean whole) {
        catalog = types;
        complete = whole;
    }

    static boolean isBuiltIn(String type) {
        return BUILT_IN.contains(type);
    }

    /** Reports the plugins that cannot be used. */
    void reportBroken(PluginsConfig plugins) {
        for (String problem : catalog.problems()) {
            // If a filter type is unknown, one of the refused plugins may have provided it.
            if (missed || plugins.broken() == PluginsConfig.Broken.REFUSE) {
                context.problems().add(plugins.place().at("directory"), problem, null, null);
            } else {
                context.problems().warn(plugins.place().at("directory"), problem);
            }
        }
    }

    /** @param before the type, the name and the provider of the filter, as far as they precede the value */
    @Override
    public @Nullable Object value(GivenShape shape, List<@Nullable Object> before, NodePlace place) {
        if (shape.type() == FilterProvider.class) {
            return before.getFirst() instanceof String type ? provider(type, place) : null;
        }
        NodePlace config = place.below("config");
        if (before.getFirst() instanceof String type && before.getLast() instanceof FilterProvider<?> provider) {
            return config(type, provider, place, config);
        }
        // For every type, this must be a mapping.
        Section.of(context, config.node(), config.path());
        return null;
    }

    private @Nullable FilterProvider<?> provider(String type, NodePlace place) {
        Set<String> known = catalog.providers().keySet();
        FilterProvider<?> provider = catalog.providers().get(type);
        if (provider == null && complete) {
            missed = true;
            if (isBuiltIn(type)) {
                context.problems().add(place.at("type"),
                        Printable.quote(type) + " is a built-in filter, but the built-in filters are not installed",
                        "the module dev.sluice.filters (archive proxy-filters) beside the modules of the proxy", null);
            } else {
                context.problems().add(place.at("type"), "there is no filter type " + Printable.quote(type),
                        known.isEmpty() ? "an installed type; none is installed" : String.join(", ", known),
                        DidYouMean.among(known, type));
            }
        }
        return provider;
    }

    private @Nullable Record config(String type, FilterProvider<?> provider, NodePlace place, NodePlace config) {
        try {
            RecordShape shape = shapes.get(type);
            if (shape == null) {
                shape = shapeOf(provider);
                RecordBinder.check(shape, context.environment());
                shapes.put(type, shape);
            }
            return new RecordBinder(context).record(shape, config.node(), config.path());
        } catch (RecordDefectException e) {
            context.problems().add(place.at("type"),
                    "the filter " + Printable.quote(type) + " cannot be configured: " + e.what(),
                    "a version of the plugin without this defect", null);
            return null;
        }
    }

    /**
     * The shape of a provider's record.
     *
     * @throws RecordDefectException if the type is not a record that can be inspected
     */
    static RecordShape shapeOf(FilterProvider<?> provider) throws RecordDefectException {
        Class<?> type;
        try {
            type = provider.configType();
        } catch (RuntimeException | LinkageError e) {
            throw new RecordDefectException(provider.getClass().getName() + ".configType() failed: " + e);
        }
        return RecordShapes.of(type);
    }
}
