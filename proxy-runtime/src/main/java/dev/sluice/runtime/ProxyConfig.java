package dev.sluice.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.sluice.api.FilterProvider;
import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.admin.AdminToken;
import dev.sluice.runtime.config.ConfigLoader;
import dev.sluice.runtime.config.FilesRead;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.engine.ConfigSource;
import dev.sluice.runtime.engine.OfflineWorld;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.observe.ClientQuestions;
import dev.sluice.runtime.observe.ConfigFileView;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.wiring.GenerationBuilder;
import org.jspecify.annotations.Nullable;

/** A configuration that has been read and found valid, with the filters that it names. Immutable. */
public final class ProxyConfig {
    private final ConfigLoader.Loaded loaded;
    private final PluginRegistry plugins;
    private final ConfigOrigin origin;
    private final FilesRead files;

    ProxyConfig(ConfigLoader.Loaded loaded, PluginRegistry plugins, ConfigOrigin origin, FilesRead files) {
        this.files = files;
        this.loaded = loaded;
        this.plugins = plugins;
        this.origin = origin;
    }

    /** The files that it depends on. */
    FilesRead filesRead() {
        return files;
    }

    /** Its name, and the hash of all that was read. */
    ConfigSource source() {
        return ConfigSource.of(origin.name(), loaded.files());
    }

    /** The way in which it was read. */
    ConfigOrigin origin() {
        return origin;
    }

    /** {@return a loader, for configurations with further filters or another plugins directory} */
    public static Loader loader() {
        return new Loader();
    }

    /**
     * Reads a file and its includes. {@code ${NAME}} is taken from the environment of the process.
     *
     * @param file the configuration
     * @return the configuration
     * @throws ConfigurationException with every problem of all files
     */
    public static ProxyConfig load(Path file) {
        return loader().load(file);
    }

    /**
     * Reads a text.
     *
     * @param yaml the configuration
     * @return the configuration
     * @throws ConfigurationException with every problem
     */
    public static ProxyConfig parse(String yaml) {
        return loader().parse(yaml);
    }

    /**
     * Reads where a file and its includes say that the admin interface is. The rest of them may be wrong.
     *
     * @param file the configuration
     * @return the admin interface, if there is one
     * @throws ConfigurationException if the file cannot be read, or its section {@code admin} is wrong
     */
    public static Optional<AdminAccess> adminAccess(Path file) {
        try {
            return new ConfigLoader(System.getenv()).admin(file)
                    .map(admin -> new AdminAccess(admin.listen(), admin.tokenFile()));
        } catch (ProblemsException e) {
            throw refused(e);
        }
    }

    /** {@return the values that are valid but probably not meant} */
    public List<ConfigurationProblem> warnings() {
        return problems(loaded.warnings());
    }

    /** {@return the names of the listeners, in the order of the text} */
    public List<String> listenerNames() {
        return loaded.configuration().listeners().stream().map(ListenerConfig::name).toList();
    }

    /** {@return the names of the clusters, in the order of the text} */
    public List<String> clusterNames() {
        return loaded.configuration().clusters().stream().map(ClusterConfig::name).toList();
    }

    /**
     * Makes the filters and closes them again, to find problems that only they can find, such as a file that cannot be
     * read; and reads the token of the admin interface.
     *
     * @return what can be used and should not be, which only files show: certificates that are about to expire, keys that
     *     everybody can read
     * @throws ConfigurationException with every problem
     */
    public List<ConfigurationProblem> verify() {
        List<Problem> found;
        try {
            found = GenerationBuilder.check(loaded.configuration());
        } catch (ProblemsException e) {
            throw refused(e);
        }
        adminToken();
        return problems(found);
    }

    /**
     * Says what a client would get from a server that had just started with this configuration: filters, route, cluster,
     * endpoint, timeouts. Makes the filters and closes them again, and reads the files that are named; opens no socket,
     * and asks neither DNS nor endpoints: endpoints that DNS has are not known, and none is known to be up.
     *
     * @param client the client, as far as it is known
     * @return what becomes of it
     * @throws IllegalArgumentException if there is no such listener, or a fact is none; the message says what is allowed
     * @throws ConfigurationException with every problem that only the filters and files show, as {@link #verify}
     */
    public ExplainResult explain(PossibleClient client) {
        ClientQuestion question = ClientQuestions.of(client.facts());
        if (!listenerNames().contains(question.listener())) {
            throw new IllegalArgumentException(ClientQuestions.noListener(question.listener(), listenerNames()));
        }
        try {
            return new ExplainResult(question, OfflineWorld.explain(loaded.configuration(), plugins, question));
        } catch (ProblemsException e) {
            throw refused(e);
        }
    }

    /** What can be used and should not be, as only the files show that {@link #configuration} names for TLS. */
    List<ConfigurationProblem> fileWarnings() {
        return problems(GenerationBuilder.warnings(loaded.configuration()));
    }

    /** Reads the token of the admin interface from its file; null if the configuration names none. */
    @Nullable
    AdminToken adminToken() {
        AdminConfig admin = loaded.configuration().admin().orElse(null);
        Path file = admin == null ? null : admin.tokenFile().orElse(null);
        if (admin == null || file == null) {
            return null;
        }
        try {
            return AdminToken.read(file);
        } catch (IOException e) {
            throw refused(new ProblemsException(List.of(Problem.at(admin.place(), new ConfigException("tokenFile",
                    String.valueOf(e.getMessage()),
                    "a file with one token, such as the output of \"openssl rand -hex 32\"", null)))));
        }
    }

    /** The files that it was read from. */
    List<ConfigFileView> files() {
        return loaded.files();
    }

    static ConfigurationException refused(ProblemsException e) {
        return new ConfigurationException(problems(e.problems()));
    }

    static List<ConfigurationProblem> problems(List<Problem> problems) {
        return problems.stream().map(ProxyConfig::problem).toList();
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
     * A reader of configurations. Filters come from {@link #filter}, from {@link java.util.ServiceLoader} on the module
     * path or class path of Sluice, and from the plugins directory. Belongs to one thread.
     */
    public static final class Loader {
        private final List<FilterProvider<?>> filters = new ArrayList<>();
        private @Nullable Path pluginDirectory;
        private @Nullable Path home;
        private @Nullable TestSettings test;

        private Loader() {}

        /**
         * Adds a type of filter that configurations may name. It takes precedence over a type of the same name that is
         * found.
         *
         * @param provider the type
         * @return this
         */
        public Loader filter(FilterProvider<?> provider) {
            filters.add(Objects.requireNonNull(provider));
            return this;
        }

        /**
         * Sets the plugins directory of configurations without {@code plugins.directory}. The default is none.
         *
         * @param directory where the plugins are
         * @return this
         */
        public Loader pluginDirectory(Path directory) {
            pluginDirectory = directory;
            return this;
        }

        /**
         * Sets the installation. A relative {@code plugins.directory} starts there, instead of at the directory of the
         * configuration file (of a text: the working directory). Its directory {@code plugins}, if it exists, is the
         * default of {@link #pluginDirectory}.
         *
         * @param installation the directory of the installation
         * @return this
         */
        public Loader home(Path installation) {
            home = installation;
            return this;
        }

        /**
         * Reads a file and its includes. {@code ${NAME}} is taken from the environment of the process.
         *
         * @param file the configuration
         * @return the configuration
         * @throws ConfigurationException with every problem of all files
         */
        public ProxyConfig load(Path file) {
            return ConfigOrigin.of(copy(), file).read(null, new FilesRead());
        }

        /**
         * Reads a text.
         *
         * @param yaml the configuration
         * @return the configuration
         * @throws ConfigurationException with every problem
         */
        public ProxyConfig parse(String yaml) {
            return ConfigOrigin.of(copy(), yaml).read(null, new FilesRead());
        }

        /**
         * Reads configurations for a test, with free ports and the endpoints of the test.
         *
         * @param settings of the test
         * @return this
         */
        public Loader inTest(TestSettings settings) {
            test = settings;
            return this;
        }

        /** Refuses settings of a test that do not fit to a configuration. */
        void checkTest(Configuration read) {
            if (test != null) {
                test.check(read.clusters().stream().map(ClusterConfig::name).toList());
            }
        }

        ConfigLoader reader() {
            return new ConfigLoader(System.getenv(), test == null ? null : test.changes());
        }

        /** A loader that later changes of this one do not affect. */
        private Loader copy() {
            Loader copy = new Loader();
            copy.filters.addAll(filters);
            copy.pluginDirectory = pluginDirectory;
            copy.home = home;
            copy.test = test;
            return copy;
        }

        /** {@return the filters that a configuration without a {@code plugins} section may name} */
        public PluginList plugins() {
            RegistrySource source = source(Path.of(""), null, new FilesRead());
            source.open(PluginsConfig.NONE);
            return source.list(List.of());
        }

        /**
         * Lists the filters that a configuration may name, also if the configuration is refused, to find out why.
         *
         * @param file the configuration
         * @return the filters, and the problems of the configuration
         */
        public PluginList plugins(Path file) {
            RegistrySource source = source(directoryOf(file), null, new FilesRead());
            try {
                reader().load(file, source);
                return source.list(List.of());
            } catch (ProblemsException e) {
                return source.list(problems(e.problems()));
            }
        }

        /**
         * {@return the JSON Schema (draft 2020-12) of configurations with the filters of {@link #plugins()}, for
         * editors}
         */
        public String schema() {
            RegistrySource source = source(Path.of(""), null, new FilesRead());
            source.open(PluginsConfig.NONE);
            return source.schema();
        }

        /**
         * Makes the JSON Schema of configurations with the filters that a given one may name, also if that one is
         * refused.
         *
         * @param file the configuration
         * @return the schema (draft 2020-12)
         * @throws ConfigurationException if nothing of the file can be read
         */
        public String schema(Path file) {
            RegistrySource source = source(directoryOf(file), null, new FilesRead());
            try {
                reader().load(file, source);
            } catch (ProblemsException e) {
                if (source.opened() == null) {
                    throw refused(e);
                }
            }
            return source.schema();
        }

        /** The filters of configurations of a directory, not yet opened. */
        RegistrySource source(Path directory, @Nullable PluginRegistry previous, FilesRead files) {
            return new RegistrySource(filters, pluginDirectory, home, directory, previous, files);
        }

        static Path directoryOf(Path file) {
            Path directory = file.toAbsolutePath().getParent();
            return directory == null ? file : directory;
        }
    }
}
