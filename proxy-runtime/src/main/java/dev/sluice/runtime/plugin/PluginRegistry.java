package dev.sluice.runtime.plugin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.observe.PluginView;
import org.jspecify.annotations.Nullable;

/**
 * The filter types that a configuration may name, with their providers. Does not change after it was opened, even if
 * the files do; several may be open at a time, with different versions of one plugin. Any thread.
 */
public final class PluginRegistry implements AutoCloseable {
    private volatile SortedMap<String, FilterProvider<?>> providers;
    private final List<PluginInfo> plugins;
    private final List<Refusal> refused;

    PluginRegistry(Map<String, FilterProvider<?>> providers, List<PluginInfo> plugins, List<Refusal> refused) {
        this.providers = Collections.unmodifiableSortedMap(new TreeMap<>(providers));
        this.plugins = List.copyOf(plugins);
        this.refused = List.copyOf(refused);
    }

    /**
     * Collects providers: those given, those installed, and those of a plugins directory. Installed ones are found by
     * {@link java.util.ServiceLoader}, in the module layer of Sluice and those below it or, when Sluice is on a class
     * path, by the loader of its own classes. The context class loader is not used, because the result must not depend
     * on the calling thread.
     *
     * <p>Reads files and runs constructors: not on an event loop.
     *
     * @param directory the plugins directory; null = none
     * @param added providers added by the program; they come first
     */
    public static PluginRegistry open(@Nullable Path directory, Collection<FilterProvider<?>> added) {
        return open(directory, added, ApiVersion.running(), Allowance.ofThisProcess());
    }

    public static PluginRegistry open(@Nullable Path directory, Collection<FilterProvider<?>> added,
            @Nullable PluginRegistry previous) {
        return open(directory, added);
    }

    /** @param running the version of the API; null = no plugin is refused because of its version */
    static PluginRegistry open(@Nullable Path directory, Collection<FilterProvider<?>> added,
            @Nullable ApiVersion running, Allowance allowance) {
        RegistryBuilder builder = new RegistryBuilder(running, allowance);
        added.forEach(builder::add);
        builder.addInstalled();
        if (directory != null) {
            builder.addPlugins(directory);
        }
        return builder.build();
    }

    /** Providers by type; none after {@link #close}. */
    public SortedMap<String, FilterProvider<?>> providers() {
        return providers;
    }

    /** The sources of the providers, in the order of precedence. */
    public List<PluginInfo> plugins() {
        return plugins;
    }

    /** The plugins and providers that cannot be used. */
    public List<Refusal> refused() {
        return refused;
    }

    /** Usable and refused ones for admin responses, usable ones first. */
    public List<PluginView> views() {
        return Stream.concat(plugins.stream().map(PluginInfo::view), refused.stream().map(Refusal::view)).toList();
    }

    /** The problems of {@link #refused}, in sentences. */
    public List<String> problems() {
        return refused.stream().map(Refusal::problem).toList();
    }

    /** The source of a type; empty if there is no such type. */
    public Optional<PluginInfo> ownerOf(String type) {
        return plugins.stream().filter(plugin -> plugin.types().contains(type)).findFirst();
    }

    /** The description of each type for people; empty after {@link #close}. */
    public List<FilterTypeInfo> filterTypes() {
        List<FilterTypeInfo> types = new ArrayList<>();
        providers.forEach((type, provider) -> ownerOf(type).ifPresent(plugin -> types.add(new FilterTypeInfo(type,
                plugin, Sentences.plain(provider.description()), KeyReader.of(provider.configType())))));
        return types;
    }

    /** Releases the providers, so that the JVM can unload their classes when no filter is left. Idempotent. */
    @Override
    public void close() {
        providers = Collections.emptySortedMap();
    }
}
