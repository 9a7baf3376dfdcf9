package dev.sluice.runtime.plugin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
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
 * the files do; several may be open at a time, with different versions of one plugin, or with the same plugins. Any
 * thread.
 */
public final class PluginRegistry implements AutoCloseable {
    private volatile Contents contents;
    private final List<PluginInfo> plugins;
    private final List<Refusal> refused;

    /**
     * The objects that a registry keeps alive until it is closed, and that the next one takes over.
     *
     * @param installed the providers found by {@link java.util.ServiceLoader}; null = none was looked for
     * @param loaded the plugins by their locations
     */
    record Contents(SortedMap<String, FilterProvider<?>> providers, @Nullable Installed installed,
            Map<Path, LoadedPlugin> loaded) {
        static final Contents NONE = new Contents(Collections.emptySortedMap(), null, Map.of());

        Contents {
            providers = Collections.unmodifiableSortedMap(new TreeMap<>(providers));
            loaded = Collections.unmodifiableMap(new LinkedHashMap<>(loaded));
        }
    }

    /**
     * The providers installed with Sluice, or with the program around it.
     *
     * @param refused those that could not be made
     */
    record Installed(List<FilterProvider<?>> providers, List<Refusal> refused) {
        Installed {
            providers = List.copyOf(providers);
            refused = List.copyOf(refused);
        }
    }

    PluginRegistry(Contents contents, List<PluginInfo> plugins, List<Refusal> refused) {
        this.contents = contents;
        this.plugins = List.copyOf(plugins);
        this.refused = List.copyOf(refused);
    }

    /** Collects providers for the first time, as {@link #open(Path, Collection, PluginRegistry)} does. */
    public static PluginRegistry open(@Nullable Path directory, Collection<FilterProvider<?>> added) {
        return open(directory, added, null);
    }

    /**
     * Collects providers: those given, those installed, and those of a plugins directory. Installed ones are found by
     * {@link java.util.ServiceLoader}, in the module layer of Sluice and those below it or, when Sluice is on a class
     * path, by the loader of its own classes. The context class loader is not used, because the result must not depend
     * on the calling thread.
     *
     * <p>A plugin that another registry has already, from the same location and with equal bytes, is taken over with
     * its classes and its provider objects; so are the installed providers. Nothing else is: a plugin that the other
     * registry has refused is tried again, and a filter type does not go to another plugin because the one that had it
     * is broken now. The other registry stays as it was, and may be closed at any time.
     *
     * <p>Reads files and runs constructors: not on an event loop.
     *
     * @param directory the plugins directory; null = none
     * @param added providers added by the program; they come first, and are used as they are given
     * @param previous the registry to take over from; one that has been closed has nothing. Null = none
     */
    public static PluginRegistry open(@Nullable Path directory, Collection<FilterProvider<?>> added,
            @Nullable PluginRegistry previous) {
        return open(directory, added, previous, ApiVersion.running(), Allowance.ofThisProcess());
    }

    /** @param running the version of the API; null = no plugin is refused because of its version */
    static PluginRegistry open(@Nullable Path directory, Collection<FilterProvider<?>> added,
            @Nullable PluginRegistry previous, @Nullable ApiVersion running, Allowance allowance) {
        RegistryBuilder builder = new RegistryBuilder(previous == null ? Contents.NONE : previous.contents, running,
                allowance);
        added.forEach(builder::add);
        builder.addInstalled();
        if (directory != null) {
            builder.addPlugins(directory);
        }
        return builder.build();
    }

    /** Providers by type; none after {@link #close}. */
    public SortedMap<String, FilterProvider<?>> providers() {
        return contents.providers();
    }

    /** The plugins with their class loaders; none after {@link #close}. */
    Collection<LoadedPlugin> loaded() {
        return contents.loaded().values();
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
        contents.providers()
                .forEach((type, provider) -> ownerOf(type).ifPresent(plugin -> types.add(new FilterTypeInfo(type,
                        plugin, Sentences.plain(provider.description()), KeyReader.of(provider.configType())))));
        return types;
    }

    /**
     * Releases the providers, so that the JVM can unload their classes when no filter and no other registry has them.
     * Idempotent.
     */
    @Override
    public void close() {
        contents = Contents.NONE;
    }
}
