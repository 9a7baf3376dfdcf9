package dev.sluice.runtime.observe;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Something that has filters, or was meant to have.
 *
 * @param name of the plugin, or of the module or package of other filters
 * @param version null if it does not tell one
 * @param location the path, or in words where it comes from
 * @param types of its filters; none if it was refused
 * @param problem why it was refused, in a sentence; null if it was not
 */
public record PluginView(
        String name, @Nullable String version, String location, List<String> types, @Nullable String problem) {
    public PluginView {
        types = List.copyOf(types);
    }
}
