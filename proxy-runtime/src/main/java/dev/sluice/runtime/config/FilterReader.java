package dev.sluice.runtime.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.config.model.QuarantineConfig;
import org.jspecify.annotations.Nullable;

/** Reads {@code filters:} of listeners. Used by one thread, for one load. */
final class FilterReader {
    private static final ScalarParser<Integer> FAILURES = Scalars.integer(1, 1_000_000);
    private static final ScalarParser<Duration> TIME = Quantities.duration(Duration.ofMillis(1), Duration.ofHours(24));

    private enum Action {
        REJECT,
        BYPASS
    }

    private final Section.Context context;
    private final FilterCatalog catalog;
    private final boolean complete;
    private final ScalarParser<String> type;
    /** By type; a provider whose record cannot be read into has none. */
    private final Map<String, Shape.Group> shapes = new HashMap<>();
    private boolean missed;

    /** @param complete false if the catalog may lack what was meant to be in it */
    FilterReader(Section.Context context, FilterCatalog catalog, boolean complete) {
        this.context = context;
        this.catalog = catalog;
        this.complete = complete;
        this.type = ScalarParser.of(
                catalog.providers().isEmpty()
                        ? Form.TEXT
                        : new Form.Choice(List.copyOf(catalog.providers().keySet())),
                Scalars::text);
    }

    /** Whether a type of filter was asked for that the catalog does not have. */
    boolean missed() {
        return missed;
    }

    List<Draft.Filter> read(Section listener) {
        List<Draft.Filter> filters = new ArrayList<>();
        listener.sections("filters").forEach(section -> filters.add(filter(section)));
        Set<String> taken = new HashSet<>();
        filters.forEach(filter -> taken.add(filter.name()));
        filters.replaceAll(filter -> filter.type() == null || filter.written() != null
                ? filter
                : filter.named(freeName(filter.type().value(), taken)));
        return filters;
    }

    private Draft.Filter filter(Section section) {
        Located<String> typeName = section.required("type", type, "a type of filter, such as acl");
        Located<String> name = section.optional("name", Scalars.NAME);
        Section config = section.section("config");
        Node written = section.node("config");
        NodePlace place = new NodePlace(written == null ? config.node() : written, config.path());
        FilterProvider<?> provider = typeName == null ? null : provider(section, typeName.value());
        Record bound = typeName == null || provider == null ? null : bind(section, typeName.value(), provider, place);
        QuarantineConfig quarantine = section.has("quarantine") ? quarantine(section.section("quarantine")) : null;
        section.refuseOtherKeys();
        return new Draft.Filter(typeName, name, name == null ? "" : name.value(), provider, bound, quarantine, place);
    }

    /** The type, or with a number behind it: the second one without a name is {@code acl-2}. */
    private static String freeName(String type, Set<String> taken) {
        String name = type;
        for (int number = 2; !taken.add(name); number++) {
            name = type + "-" + number;
        }
        return name;
    }

    private @Nullable FilterProvider<?> provider(Section section, String typeName) {
        Set<String> known = catalog.providers().keySet();
        FilterProvider<?> provider = catalog.providers().get(typeName);
        if (provider == null && complete) {
            missed = true;
            if (BuiltInFilters.has(typeName)) {
                section.problem("type", Texts.quote(typeName) + " is a built-in filter, and those are not installed",
                        BuiltInFilters.MODULE + " beside the modules of the proxy", null);
            } else {
                section.problem("type", "there is no type of filter " + Texts.quote(typeName),
                        known.isEmpty() ? "a type that is installed; none is" : String.join(", ", known),
                        DidYouMean.among(known, typeName));
            }
        }
        return provider;
    }

    private static QuarantineConfig quarantine(Section section) {
        QuarantineConfig quarantine = new QuarantineConfig(
                section.value("after", FAILURES, 3),
                section.value("within", TIME, Duration.ofMinutes(1)),
                section.value("for", TIME, Duration.ofMinutes(1)),
                section.value("action", Scalars.choice(Action.values()), Action.REJECT) == Action.BYPASS);
        section.refuseOtherKeys();
        return quarantine;
    }

    private @Nullable Record bind(Section section, String typeName, FilterProvider<?> provider, NodePlace place) {
        try {
            Shape.Group shape = shapes.get(typeName);
            if (shape == null) {
                shape = RecordShapes.of(provider);
                RecordBinder.checkDefaults(shape, context.environment());
                shapes.put(typeName, shape);
            }
            return new RecordBinder(context).record(shape, place.node(), place.path());
        } catch (RecordDefect e) {
            section.problem("type", "the filter " + Texts.quote(typeName) + " cannot be configured: " + e.what(),
                    "a version of the plugin without this defect", null);
            return null;
        }
    }
}
