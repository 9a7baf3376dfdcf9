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

    /** Reads configurations with other filters than those that are installed and those that the configuration itself says. */
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

    /** What is valid but probably not meant. */
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
     * Finds what only making the filters shows, such as a file of theirs that cannot be read. Makes them and closes them again.
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
     * Reads configurations. Filters come from {@link #filter}, from what {@link java.util.ServiceLoader} finds beside Sluice (on the module path or the
     * class path it is on itself), and from the plugins directory. One thread.
     */
    public static final class Loader {
        private static final String DEFAULT_DIRECTORY = "plugins";

        private final List<FilterProvider<?>> filters = new ArrayList<>();
        private @Nullable Path pluginDirectory;
        private @Nullable Path home;

        private Loader() {}

        /** A type of filter that configurations may name; it comes before one of the same type that is found. */
        public Loader filter(FilterProvider<?> provider) {
            filters.add(Objects.requireNonNull(provider));
            return this;
        }

        /** Where plugins are if a configuration has no {@code plugins.directory}; otherwise nowhere. */
        public Loader pluginDirectory(Path directory) {
            pluginDirectory = directory;
            return this;
        }

        /**
         * An installation: what a relative {@code plugins.directory} starts at, instead of the directory of the configuration file (of a text:
         * the working directory). Its {@code plugins}, if there is such a directory, is the {@link #pluginDirectory} when none is given.
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

        /** What a configuration could name if it had no {@code plugins} section. */
        public PluginList plugins() {
            Source source = new Source(Path.of(""));
            source.open(PluginsConfig.NONE);
            return source.list(List.of());
        }

        /** What a configuration can name, also if it is refused: for whoever wants to know why. */
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
         * The JSON Schema of configurations that name the filters that one can name, also if that one is refused.
         *
         * @throws ConfigurationException if nothing of it can be read
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

        /** Opens the registry of one load, and remembers it. */
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

            /** A list needs nothing that is loaded; without a file that can be read there is none. */
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

    /** One of the ways to read. */
    private interface Reading {
        ConfigLoader.Loaded with(ConfigLoader loader, FilterSource source) throws ProblemsException;
    }
}
