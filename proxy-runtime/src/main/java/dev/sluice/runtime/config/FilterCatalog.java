package dev.sluice.runtime.config;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.sluice.api.FilterProvider;

/**
 * The types of filters that a configuration may name. Immutable.
 *
 * @param providers by {@link FilterProvider#type}
 * @param problems a sentence for each plugin that cannot be used
 */
public record FilterCatalog(SortedMap<String, FilterProvider<?>> providers, List<String> problems) {
    /** A catalog without filters. */
    public static final FilterCatalog EMPTY = new FilterCatalog(Collections.emptySortedMap(), List.of());

    public FilterCatalog {
        providers = Collections.unmodifiableSortedMap(new TreeMap<>(providers));
        problems = List.copyOf(problems);
    }
}
