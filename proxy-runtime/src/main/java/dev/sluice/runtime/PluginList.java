package dev.sluice.runtime;

import java.util.List;

import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.plugin.FilterTypeInfo;
import dev.sluice.runtime.plugin.KeyInfo;
import dev.sluice.runtime.plugin.PluginRegistry;

/**
 * The types of filters that a configuration may name, and the plugins that cannot be used. Texts of plugins in it are
 * single lines without control characters.
 *
 * @param filters sorted by type
 * @param refused plugins that cannot be used, and filters of the program or on its path
 * @param configurationProblems the reasons for which the configuration is refused, broken plugins included if it says
 *     {@code plugins.broken: refuse}; empty if it is accepted, or none was given
 */
public record PluginList(List<FilterType> filters, List<RefusedPlugin> refused,
        List<ConfigurationProblem> configurationProblems) {
    /** Copies the lists. */
    public PluginList {
        filters = List.copyOf(filters);
        refused = List.copyOf(refused);
        configurationProblems = List.copyOf(configurationProblems);
    }

    static PluginList of(PluginRegistry registry, List<ConfigurationProblem> configurationProblems) {
        return new PluginList(registry.filterTypes().stream().map(PluginList::filter).toList(),
                registry.refused().stream()
                        .map(plugin -> new RefusedPlugin(plugin.name(), plugin.location(), plugin.problem())).toList(),
                configurationProblems);
    }

    private static FilterType filter(FilterTypeInfo info) {
        return new FilterType(info.type(), info.plugin().version(), info.plugin().location(), info.description(),
                info.keys().stream().map(PluginList::key).toList());
    }

    private static FilterKey key(KeyInfo info) {
        return new FilterKey(info.path(), info.type(), info.defaultValue(), info.required(), info.description());
    }

    /** {@return {@code filters} and {@code refused} as one line of JSON; absent values are null} */
    public String toJson() {
        StringBuilder text = new StringBuilder();
        JsonWriter json = new JsonWriter(text).beginObject().name("filters").beginArray();
        for (FilterType filter : filters) {
            json.beginObject().name("type").value(filter.type()).name("version").value(filter.version());
            json.name("from").value(filter.from()).name("description").value(filter.description());
            json.name("keys").beginArray();
            for (FilterKey key : filter.keys()) {
                json.beginObject().name("path").value(key.path()).name("type").value(key.type());
                json.name("default").value(key.defaultValue()).name("required").value(key.required());
                json.name("description").value(key.description()).endObject();
            }
            json.endArray().endObject();
        }
        json.endArray().name("refused").beginArray();
        for (RefusedPlugin plugin : refused) {
            json.beginObject().name("name").value(plugin.name()).name("location").value(plugin.location());
            json.name("problem").value(plugin.problem()).endObject();
        }
        json.endArray().endObject();
        return text.toString();
    }
}
