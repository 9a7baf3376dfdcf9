package dev.sluice.runtime.config;

import dev.sluice.runtime.config.model.PluginsConfig;

/** A source of filter providers. */
@FunctionalInterface
public interface FilterSource {
    /** A source without filters. */
    FilterSource NONE = plugins -> FilterCatalog.EMPTY;

    /**
     * Finds the providers. Called once in a load, after {@code plugins:} has been read and before anything that names a
     * filter; not if no file could be read. On the thread of the load; may block.
     *
     * @param plugins the section as it was written; without a directory if that was invalid
     * @return the filters found; plugins that cannot be used are in {@link FilterCatalog#problems}, and cause no
     *     exception
     */
    FilterCatalog open(PluginsConfig plugins);
}
