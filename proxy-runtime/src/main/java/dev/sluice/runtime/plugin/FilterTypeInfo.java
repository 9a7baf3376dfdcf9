package dev.sluice.runtime.plugin;

import java.util.List;

/**
 * A filter type, described for people.
 *
 * @param plugin its provider
 * @param description the author's description; empty = none
 * @param keys the keys of its configuration
 */
public record FilterTypeInfo(String type, PluginInfo plugin, String description, List<KeyInfo> keys) {
    public FilterTypeInfo {
        keys = List.copyOf(keys);
    }
}
