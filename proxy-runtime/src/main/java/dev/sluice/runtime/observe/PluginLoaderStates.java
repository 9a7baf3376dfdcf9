package dev.sluice.runtime.observe;

import java.util.List;

/**
 * The class loaders of plugins, by state, as admin and metrics show them.
 *
 * @param serving the number of those that a generation has
 * @param retired the number of those that the last generation has left, and that are still in memory
 * @param collected the number of those that are gone, since the start
 * @param loaders those in memory, oldest first
 */
public record PluginLoaderStates(int serving, int retired, long collected, List<PluginLoaderView> loaders) {
    public PluginLoaderStates {
        loaders = List.copyOf(loaders);
    }
}
