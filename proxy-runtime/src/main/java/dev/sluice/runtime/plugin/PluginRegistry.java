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
 * The filter types that a configuration may name, and where they come from. Does not change after it was opened, whatever happens to the
 * files; several may be open at a time, with different versions of one plugin. Any thread.
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
     * Collects providers: those given, those installed, and those of a plugins directory. Installed is what {@link java.util.ServiceLoader}
     * finds: in the module layer of Sluice and those below it, or, when Sluice is on a class path, by the loader of its own classes.
     * The context class loader is not asked: what is found must not depend on the thread that looks.
     *
     * <p>Reads files and runs constructors: not on an event loop.
     *
     * @param directory the plugins directory; null = none
     * @param added by the program; they come first
     */
    public static PluginRegistry open(@Nullable Path directory, Collection<FilterProvider<?>> added) {
        return open(directory, added, ApiVersion.running(), Allowance.ofThisProcess());
    }

    /** @param running null = nobody is refused for the version he was compiled against */
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

    /** Where they come from, in the order of precedence. */
    public List<PluginInfo> plugins() {
        return plugins;
    }

    /** What was found and cannot be used. */
    public List<Refusal> refused() {
        return refused;
    }

    /** Both for admin answers, those that can be used first. */
    public List<PluginView> views() {
        return Stream.concat(plugins.stream().map(PluginInfo::view), refused.stream().map(Refusal::view)).toList();
    }

    /** Why, in sentences: those of {@link #refused}. */
    public List<String> problems() {
        return refused.stream().map(Refusal::problem).toList();
    }

    /** Where a type comes from; empty if there is no such type. */
    public Optional<PluginInfo> ownerOf(String type) {
        return plugins.stream().filter(plugin -> plugin.types().contains(type)).findFirst();
    }

    /** What people want to know about each type; none after {@link #close}. */
    public List<FilterTypeInfo> filterTypes() {
        List<FilterTypeInfo> types = new ArrayList<>();
        providers.forEach((type, provider) -> ownerOf(type).ifPresent(plugin -> types.add(new FilterTypeInfo(type,
                plugin, Sentences.plain(provider.description()), KeyReader.of(provider.configType())))));
        return types;
    }

    /** Forgets the providers, so that the JVM can unload their classes when no filter is left. Idempotent. */
    @Override
    public void close() {
        providers = Collections.emptySortedMap();
    }
}
