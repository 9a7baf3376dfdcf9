package dev.sluice.runtime.plugin;

import java.net.MalformedURLException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * A builder of a {@link PluginRegistry}. The first provider of a type wins; providers that cannot be used are recorded.
 * One thread.
 */
final class RegistryBuilder {
    private static final String BUILT_IN = "dev.sluice.filters";
    /** The most failures of a service file, so that one broken in every line does not prevent a start. */
    private static final int MOST_FAILURES = 100;

    /** The origin of providers. */
    private record Origin(String name, @Nullable String version, String location, boolean modular) {
        PluginInfo with(Set<String> types) {
            return new PluginInfo(name, version, location, List.copyOf(types), modular);
        }

        // Written out, because the JVM composes the default methods of a record from method handles: 14 classes at each
        // start.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Origin that && name.equals(that.name) && Objects.equals(version, that.version)
                    && location.equals(that.location) && modular == that.modular;
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + location.hashCode();
        }
    }

    private final PluginRegistry.Contents previous;
    private final @Nullable ApiVersion running;
    private final Allowance allowance;
    private final SortedMap<String, FilterProvider<?>> providers = new TreeMap<>();
    private final Map<String, Origin> owners = new TreeMap<>();
    private final Map<Origin, Set<String>> origins = new LinkedHashMap<>();
    private final Map<Path, LoadedPlugin> loaded = new LinkedHashMap<>();
    private final List<Refusal> refused = new ArrayList<>();
    private PluginRegistry.@Nullable Installed installed;

    /** @param previous the plugins and providers to take over if they are still the same */
    RegistryBuilder(PluginRegistry.Contents previous, @Nullable ApiVersion running, Allowance allowance) {
        this.previous = previous;
        this.running = running;
        this.allowance = allowance;
    }

    PluginRegistry build() {
        return new PluginRegistry(new PluginRegistry.Contents(providers, installed, loaded),
                origins.entrySet().stream().map(entry -> entry.getKey().with(entry.getValue())).toList(), refused);
    }

    /** Adds a provider of the program. */
    void add(FilterProvider<?> provider) {
        addSingle(provider, "added by the program");
    }

    /** Adds the providers installed with Sluice, or with the program around it. */
    void addInstalled() {
        ModuleLayer layer = PluginRegistry.class.getModule().getLayer();
        String location = layer == null ? "class path" : "module path";
        PluginRegistry.Installed all = previous.installed();
        if (all == null) {
            all = installed(layer, location);
        }
        installed = all;
        all.providers().forEach(provider -> addSingle(provider, location));
        refused.addAll(all.refused());
    }

    private static PluginRegistry.Installed installed(@Nullable ModuleLayer layer, String location) {
        // The service type is generic; its class object is not.
        @SuppressWarnings("rawtypes")
        Iterator<ServiceLoader.Provider<FilterProvider>> found = (layer == null
                ? ServiceLoader.load(FilterProvider.class, PluginRegistry.class.getClassLoader())
                : ServiceLoader.load(layer, FilterProvider.class)).stream().iterator();
        List<FilterProvider<?>> providers = new ArrayList<>();
        List<Refusal> failed = new ArrayList<>();
        while (failed.size() < MOST_FAILURES) {
            try {
                if (!found.hasNext()) {
                    break;
                }
                providers.add(found.next().get());
            } catch (ServiceConfigurationError | LinkageError e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                failed.add(new Refusal(location, location,
                        "a filter provider on the " + location + " " + Sentences.failure(cause)));
            }
        }
        return new PluginRegistry.Installed(providers, failed);
    }

    /** Adds a single provider; its neighbours can be used even if it cannot. */
    private void addSingle(FilterProvider<?> provider, String location) {
        Origin origin = origin(provider, location);
        try {
            String type = ProviderCheck.type(provider);
            FilterProvider<?> other = providers.get(type);
            if (other != null && other.getClass() == provider.getClass()) {
                // Added by the program, and installed as well.
                return;
            }
            admit(origin, Map.of(type, provider));
        } catch (RefusedException e) {
            refused.add(new Refusal(origin.name(), origin.location(), "filter provider "
                    + provider.getClass().getName() + " (" + origin.location() + ") " + e.predicate()));
        }
    }

    private static Origin origin(FilterProvider<?> provider, String location) {
        Class<?> type = provider.getClass();
        Module module = type.getModule();
        String name = module.isNamed() ? module.getName() : type.getPackageName();
        boolean builtIn = name.equals(BUILT_IN) || name.startsWith(BUILT_IN + ".");
        String version = module.isNamed()
                ? module.getDescriptor().rawVersion().orElse(null)
                : type.getPackage().getImplementationVersion();
        return new Origin(builtIn ? BUILT_IN : name, version, builtIn ? "built-in" : location, module.isNamed());
    }

    /** Adds every plugin of a directory. */
    void addPlugins(Path directory) {
        List<PluginFiles> found;
        try {
            found = PluginFiles.in(directory);
        } catch (RefusedException e) {
            refused.add(new Refusal(Sentences.plain(String.valueOf(directory.getFileName())),
                    directory.toString(), "the plugins directory " + directory + " " + e.predicate()));
            return;
        }
        for (PluginFiles plugin : found) {
            allowance.next();
            try {
                addPlugin(plugin);
            } catch (RefusedException e) {
                refuse(plugin, e.predicate());
            } catch (Throwable e) {
                // Unforeseen, but a defect of this plugin, which must not affect the others.
                refuse(plugin, Sentences.failure(e));
            }
        }
    }

    private void refuse(PluginFiles plugin, String predicate) {
        allowance.giveBack();
        refused.add(new Refusal(plugin.name(), plugin.location().toString(),
                "plugin " + plugin.name() + " " + predicate));
        LoadedPlugin before = previous.loaded().get(plugin.location());
        if (before != null) {
            // Its types stay its own: otherwise another plugin would get its filters while its JAR is being copied.
            Origin origin = origin(before);
            before.providers().keySet().forEach(type -> owners.putIfAbsent(type, origin));
        }
    }

    private void addPlugin(PluginFiles files) throws RefusedException, MalformedURLException {
        LoadedPlugin before = previous.loaded().get(files.location());
        List<JarContent> jars = new ArrayList<>();
        for (Path file : files.jars()) {
            jars.add(JarContent.read(file, allowance, before == null ? List.of() : before.jars()));
        }
        LoadedPlugin plugin = before != null && before.consistsOf(jars) ? before : load(files, jars, before);
        admit(origin(plugin), plugin.providers());
        loaded.put(plugin.location(), plugin);
    }

    private LoadedPlugin load(PluginFiles files, List<JarContent> jars, @Nullable LoadedPlugin before)
            throws RefusedException, MalformedURLException {
        requireApi(jars);
        PluginModules modules = PluginModules.of(jars);
        int edition = before == null ? 1 : before.edition() + 1;
        PluginLoader loader = new PluginLoader(LoadedPlugin.loaderName(files.name(), edition), jars);
        boolean modular = modules != null && PluginModules.apiIsAModule();
        if (modules != null && modular) {
            modules.define(loader);
        }
        return new LoadedPlugin(files.name(), files.location(), jars, loader, edition, modular,
                providersOf(jars, loader));
    }

    private static Origin origin(LoadedPlugin plugin) {
        return new Origin(plugin.name(), plugin.version(), plugin.location().toString(), plugin.modular());
    }

    private void requireApi(List<JarContent> jars) throws RefusedException {
        if (running == null) {
            return;
        }
        for (JarContent jar : jars) {
            String needed = jar.neededApi();
            if (needed != null) {
                ApiVersion version = ApiVersion.parse(needed);
                String misfit = version == null
                        ? "declares in " + jar.name() + " that it needs Sluice API '" + Sentences.plain(needed)
                                + "', which is not a version; this is " + running.text()
                        : version.misfit(running);
                if (misfit != null) {
                    throw new RefusedException(misfit);
                }
            }
        }
    }

    private static Map<String, FilterProvider<?>> providersOf(List<JarContent> jars, PluginLoader loader)
            throws RefusedException {
        Set<String> classes = new LinkedHashSet<>();
        jars.forEach(jar -> classes.addAll(jar.providers()));
        if (classes.isEmpty()) {
            throw new RefusedException("has no filters: none of its JARs names a provider of "
                    + FilterProvider.class.getName() + ", in its module-info or in META-INF/services");
        }
        Map<String, FilterProvider<?>> found = new LinkedHashMap<>();
        for (String name : classes) {
            try {
                FilterProvider<?> provider = ProviderCheck.make(name, loader);
                String type = ProviderCheck.type(provider);
                FilterProvider<?> other = found.put(type, provider);
                if (other != null) {
                    throw new RefusedException("has the type " + type + ", which "
                            + other.getClass().getName() + " has, too");
                }
            } catch (RefusedException e) {
                throw new RefusedException("cannot be used: its provider " + Sentences.plain(name) + " "
                        + e.predicate(), e);
            }
        }
        return found;
    }

    private void admit(Origin origin, Map<String, FilterProvider<?>> found) throws RefusedException {
        for (String type : found.keySet()) {
            Origin other = owners.get(type);
            if (other != null) {
                throw new RefusedException("has the filter type " + type + ", which is taken by " + other.name() + " ("
                        + other.location() + "): remove one of them");
            }
        }
        for (Map.Entry<String, FilterProvider<?>> filter : found.entrySet()) {
            providers.put(filter.getKey(), filter.getValue());
            owners.put(filter.getKey(), origin);
            origins.computeIfAbsent(origin, key -> new TreeSet<>()).add(filter.getKey());
        }
    }
}
