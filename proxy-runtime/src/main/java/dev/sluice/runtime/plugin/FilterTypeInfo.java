package dev.sluice.runtime.plugin;

import java.util.List;

/**
 * A type of filter, for people.
 *
 * @param plugin where it comes from
 * @param description by the author; empty = none
 * @param keys of its configuration
 */
public record FilterTypeInfo(String type, PluginInfo plugin, String description, List<KeyInfo> keys) {
    public FilterTypeInfo {
        keys = List.copyOf(keys);
    }
}
