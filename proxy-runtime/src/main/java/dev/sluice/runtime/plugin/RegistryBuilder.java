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

    private final @Nullable ApiVersion running;
    private final Allowance allowance;
    private final Map<String, FilterProvider<?>> providers = new TreeMap<>();
    private final Map<String, Origin> owners = new TreeMap<>();
    private final Map<Origin, Set<String>> origins = new LinkedHashMap<>();
    private final List<Refusal> refused = new ArrayList<>();

    RegistryBuilder(@Nullable ApiVersion running, Allowance allowance) {
        this.running = running;
        this.allowance = allowance;
    }

    PluginRegistry build() {
        return new PluginRegistry(providers,
                origins.entrySet().stream().map(entry -> entry.getKey().with(entry.getValue())).toList(), refused);
    }

    /** Adds a provider of the program. */
    void add(FilterProvider<?> provider) {
        addSingle(provider, "added by the program");
    }

    /** Adds the providers installed with Sluice, or with the program around it. */
    void addInstalled() {
        Module here = PluginRegistry.class.getModule();
        ModuleLayer layer = here.getLayer();
        // The service type is generic; its class object is not.
        @SuppressWarnings("rawtypes")
        Iterator<ServiceLoader.Provider<FilterProvider>> installed = (layer == null
                ? ServiceLoader.load(FilterProvider.class, PluginRegistry.class.getClassLoader())
                : ServiceLoader.load(layer, FilterProvider.class)).stream().iterator();
        String location = layer == null ? "class path" : "module path";
        for (int failures = 0; failures < MOST_FAILURES;) {
            try {
                if (!installed.hasNext()) {
                    return;
                }
                addSingle(installed.next().get(), location);
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                Throwable cause = e.getCause() == null ? e : e.getCause();
                refused.add(new Refusal(location, location,
                        "a filter provider on the " + location + " " + Sentences.failure(cause)));
            }
        }
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
    }

    private void addPlugin(PluginFiles plugin) throws RefusedException, MalformedURLException {
        List<JarContent> jars = new ArrayList<>();
        for (Path file : plugin.jars()) {
            jars.add(JarContent.read(file, allowance));
        }
        requireApi(jars);
        PluginModules modules = PluginModules.of(jars);
        PluginLoader loader = new PluginLoader(plugin.name(), jars);
        boolean modular = modules != null && PluginModules.apiIsAModule();
        if (modules != null && modular) {
            modules.define(loader);
        }
        Map<String, FilterProvider<?>> found = providersOf(jars, loader);
        Origin origin = new Origin(plugin.name(), version(jars), plugin.location().toString(), modular);
        admit(origin, found);
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

    /** The version of the JAR with the filters; the others are libraries. */
    private static @Nullable String version(List<JarContent> jars) {
        return jars.stream().filter(jar -> !jar.providers().isEmpty()).map(JarContent::version)
                .filter(Objects::nonNull).findFirst().map(Sentences::plain).orElse(null);
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
