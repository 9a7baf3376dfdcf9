package dev.sluice.runtime.plugin;

import java.util.List;

import dev.sluice.runtime.observe.PluginView;
import org.jspecify.annotations.Nullable;

/**
 * A provider of filter types: a plugin, or other filters.
 *
 * @param name the plugin's directory, or its JAR without {@code .jar}; of other filters, their module or package
 * @param version the version of the module, or {@code Implementation-Version} of the manifest; null if neither has one
 * @param location {@code built-in}, {@code added by the program}, {@code class path}, {@code module path}, or the path of the plugin
 * @param types its filter types, sorted
 * @param modular whether it runs as named modules
 */
public record PluginInfo(String name, @Nullable String version, String location, List<String> types, boolean modular) {
    public PluginInfo {
        types = List.copyOf(types);
    }

    PluginView view() {
        return new PluginView(name, version, location, types, null);
    }
}
