package dev.sluice.runtime.observe;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A provider of filters, usable or refused, as admin shows it.
 *
 * @param name of the plugin, or of the module or package of other filters
 * @param version null if it declares none
 * @param location the path, or a description of the origin
 * @param types of its filters; none if it was refused
 * @param problem the reason for its refusal, in a sentence; null if it was not refused
 */
public record PluginView(
        String name, @Nullable String version, String location, List<String> types, @Nullable String problem) {
    public PluginView {
        types = List.copyOf(types);
    }
}
