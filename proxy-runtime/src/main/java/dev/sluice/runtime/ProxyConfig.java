package dev.sluice.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.config.ConfigLoader;
import dev.sluice.runtime.config.FilterCatalog;
import dev.sluice.runtime.config.FilterSource;
import dev.sluice.runtime.config.JsonSchema;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.wiring.GenerationBuilder;
import org.jspecify.annotations.Nullable;

/** A configuration that has been read and found valid, with the filters that it names. Immutable. */
public final class ProxyConfig {
    private final ConfigLoader.Loaded loaded;
    private final PluginRegistry plugins;

    private ProxyConfig(ConfigLoader.Loaded loaded, PluginRegistry plugins) {
        this.loaded = loaded;
        this.plugins = plugins;
    }

    /**
     * A loader for configurations with filters besides those that are installed and those of the configuration's own
     * plugins.
     */
    public static Loader loader() {
        return new Loader();
    }

    /**
     * Reads a file and what it includes. {@code ${NAME}} is taken from the environment of the process.
     *
     * @throws ConfigurationException with every problem of all files
     */
    public static ProxyConfig load(Path file) {
        return loader().load(file);
    }

    /**
     * Reads a text.
     *
     * @throws ConfigurationException with every problem
     */
    public static ProxyConfig parse(String yaml) {
        return loader().parse(yaml);
    }

    /** Things that are valid but probably not meant. */
    public List<ConfigurationProblem> warnings() {
        return loaded.warnings().stream().map(ProxyConfig::problem).toList();
    }

    /** The names of its listeners, in the order of the text. */
    public List<String> listenerNames() {
        return loaded.configuration().listeners().stream().map(ListenerConfig::name).toList();
    }

    /** The names of its clusters, in the order of the text. */
    public List<String> clusterNames() {
        return loaded.configuration().clusters().stream().map(ClusterConfig::name).toList();
    }

    /**
     * Finds problems that show only when the filters are created, such as a file that cannot be read. Creates them and
     * closes them again.
     *
     * @throws ConfigurationException with every problem
     */
    public void verify() {
        try {
            GenerationBuilder.check(loaded.configuration());
        } catch (ProblemsException e) {
            throw refused(e);
        }
    }

    static ConfigurationException refused(ProblemsException e) {
        return new ConfigurationException(e.problems().stream().map(ProxyConfig::problem).toList());
    }

    Configuration configuration() {
        return loaded.configuration();
    }

    PluginRegistry plugins() {
        return plugins;
    }

    private static ConfigurationProblem problem(Problem problem) {
        return new ConfigurationProblem(problem.source(), problem.line(), problem.column(), problem.path(),
                problem.what(),
                problem.allowed(), problem.didYouMean(), problem.render());
    }

    /**
     * A loader of configurations. Filters come from {@link #filter}, from {@link java.util.ServiceLoader} for those
     * installed beside Sluice (on the module path or class path of Sluice itself), and from the plugins directory. One
     * thread.
     */
    public static final class Loader {
        private static final String DEFAULT_DIRECTORY = "plugins";

        private final List<FilterProvider<?>> filters = new ArrayList<>();
        private @Nullable Path pluginDirectory;
        private @Nullable Path home;

        private Loader() {}

        /**
         * Adds a filter type that configurations may name; it takes precedence over one of the same type that is found.
         */
        public Loader filter(FilterProvider<?> provider) {
            filters.add(Objects.requireNonNull(provider));
            return this;
        }

        /** The directory of the plugins if a configuration has no {@code plugins.directory}. Default: none. */
        public Loader pluginDirectory(Path directory) {
            pluginDirectory = directory;
            return this;
        }

        /**
         * The directory of an installation. A relative {@code plugins.directory} is resolved from it, instead of from
         * the directory of the configuration file (of a text: the working directory). Its {@code plugins}, if there is
         * such a directory, is the {@link #pluginDirectory} when none is given.
         */
        public Loader home(Path installation) {
            home = installation;
            return this;
        }

        /**
         * Reads a file and what it includes. {@code ${NAME}} is taken from the environment of the process.
         *
         * @throws ConfigurationException with every problem of all files
         */
        public ProxyConfig load(Path file) {
            return read(new Source(directoryOf(file)), (loader, source) -> loader.load(file, source));
        }

        /**
         * Reads a text.
         *
         * @throws ConfigurationException with every problem
         */
        public ProxyConfig parse(String yaml) {
            return read(new Source(Path.of("")),
                    (loader, source) -> loader.parse(yaml, "configuration", source));
        }

        private ProxyConfig read(Source source, Reading reading) {
            try {
                ConfigLoader.Loaded loaded = reading.with(new ConfigLoader(System.getenv()), source);
                return new ProxyConfig(loaded, Objects.requireNonNull(source.opened));
            } catch (ProblemsException e) {
                source.close();
                throw refused(e);
            }
        }

        /** The filters that a configuration could name if it had no {@code plugins} section. */
        public PluginList plugins() {
            Source source = new Source(Path.of(""));
            source.open(PluginsConfig.NONE);
            return source.list(List.of());
        }

        /** The filters that a configuration can name, with the reasons if it is refused. */
        public PluginList plugins(Path file) {
            Source source = new Source(directoryOf(file));
            try {
                new ConfigLoader(System.getenv()).load(file, source);
                return source.list(List.of());
            } catch (ProblemsException e) {
                return source.list(e.problems().stream().map(ProxyConfig::problem).toList());
            }
        }

        /** The JSON Schema (draft 2020-12) of configurations that name the filters of {@link #plugins()}, for editors. */
        public String schema() {
            Source source = new Source(Path.of(""));
            source.open(PluginsConfig.NONE);
            return source.schema();
        }

        /**
         * The JSON Schema of configurations that name the filters available to the given one, even if that one is
         * refused.
         *
         * @throws ConfigurationException if it cannot be read at all
         */
        public String schema(Path file) {
            Source source = new Source(directoryOf(file));
            try {
                new ConfigLoader(System.getenv()).load(file, source);
            } catch (ProblemsException e) {
                if (source.opened == null) {
                    throw refused(e);
                }
            }
            return source.schema();
        }

        private static Path directoryOf(Path file) {
            Path directory = file.toAbsolutePath().getParent();
            return directory == null ? file : directory;
        }

        /** A filter source that opens the registry of one load, and keeps it. */
        private final class Source implements FilterSource {
            private final Path directory;
            private @Nullable PluginRegistry opened;

            /** @param directory of the configuration */
            Source(Path directory) {
                this.directory = directory;
            }

            @Override
            public FilterCatalog open(PluginsConfig plugins) {
                PluginRegistry registry = PluginRegistry.open(place(plugins.directory().orElse(null)), filters);
                opened = registry;
                return new FilterCatalog(registry.providers(), registry.problems());
            }

            private @Nullable Path place(@Nullable Path written) {
                if (written != null) {
                    return (home == null ? directory : home).resolve(written);
                }
                if (pluginDirectory == null && home != null) {
                    Path installed = home.resolve(DEFAULT_DIRECTORY);
                    return Files.isDirectory(installed) ? installed : null;
                }
                return pluginDirectory;
            }

            /** The list of filters. It is a copy, so the registry is closed; empty if no file could be read. */
            PluginList list(List<ConfigurationProblem> problems) {
                try {
                    return opened == null
                            ? new PluginList(List.of(), List.of(), problems)
                            : PluginList.of(opened, problems);
                } finally {
                    close();
                }
            }

            /** To be called after {@link #open}. */
            String schema() {
                try {
                    return JsonSchema.of(
                            new FilterCatalog(Objects.requireNonNull(opened).providers(), List.of()));
                } finally {
                    close();
                }
            }

            void close() {
                if (opened != null) {
                    opened.close();
                }
            }
        }
    }

    /** A way to read a configuration. */
    private interface Reading {
        ConfigLoader.Loaded with(ConfigLoader loader, FilterSource source) throws ProblemsException;
    }
}
