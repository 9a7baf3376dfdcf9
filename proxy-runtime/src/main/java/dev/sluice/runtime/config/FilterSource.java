package dev.sluice.runtime.config;

import dev.sluice.runtime.config.model.PluginsConfig;

/** Where the providers of filters come from. */
@FunctionalInterface
public interface FilterSource {
    /** A source without filters. */
    FilterSource NONE = plugins -> FilterCatalog.EMPTY;

    /**
     * Finds the providers. Asked once in a load, after {@code plugins:} has been read and before anything that names a filter; not if no file
     * could be read. On the thread of the load; may block.
     *
     * @param plugins as it was written; if that was wrong, without a directory
     * @return what was found; what could not be used is told by {@link FilterCatalog#problems}, not by an exception
     */
    FilterCatalog open(PluginsConfig plugins);
}
