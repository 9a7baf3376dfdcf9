package dev.sluice.runtime.plugin;

import java.util.List;

import dev.sluice.runtime.observe.PluginView;
import org.jspecify.annotations.Nullable;

/**
 * Where filter types come from.
 *
 * @param name of the plugin: its directory, or its JAR without {@code .jar}. Of other filters: their module, or the class of the provider
 * @param version of the module, or what the manifest calls {@code Implementation-Version}; null if neither says one
 * @param location {@code built-in}, {@code added by the program}, {@code class path}, {@code module path}, or the path of the plugin
 * @param types of its filters, sorted
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
