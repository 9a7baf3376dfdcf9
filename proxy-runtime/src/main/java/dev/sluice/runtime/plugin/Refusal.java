package dev.sluice.runtime.plugin;

import java.util.List;

import dev.sluice.runtime.observe.PluginView;

/**
 * A plugin or provider that cannot be used.
 *
 * @param name as {@link PluginInfo#name}
 * @param location as {@link PluginInfo#location}
 * @param problem the reason, in a sentence that names it
 */
public record Refusal(String name, String location, String problem) {
    PluginView view() {
        return new PluginView(name, null, location, List.of(), problem);
    }
}
