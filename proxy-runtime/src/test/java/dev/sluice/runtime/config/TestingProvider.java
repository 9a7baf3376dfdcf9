package dev.sluice.runtime.config;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;

/** A type of filter that can be configured, and nothing else. */
record TestingProvider<C extends Record>(String type, Class<C> configType) implements FilterProvider<C> {
    /** A configuration without keys. */
    record Nothing() {}

    @Override
    public FilterFactory create(C config, FilterEnvironment environment) {
        throw new AssertionError("reading a configuration makes no filters");
    }

    static TestingProvider<Nothing> of(String type) {
        return new TestingProvider<>(type, Nothing.class);
    }

    static FilterCatalog catalog(FilterProvider<?>... providers) {
        SortedMap<String, FilterProvider<?>> byType = new TreeMap<>();
        for (FilterProvider<?> provider : providers) {
            byType.put(provider.type(), provider);
        }
        return new FilterCatalog(byType, List.of());
    }
}
