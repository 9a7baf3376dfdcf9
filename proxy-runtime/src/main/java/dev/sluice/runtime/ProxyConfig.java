package dev.sluice.runtime;

import java.nio.file.Path;
import java.util.List;

import dev.sluice.runtime.config.ConfigLoader;
import dev.sluice.runtime.config.ConfigProblem;
import dev.sluice.runtime.config.ConfigProblemsException;
import dev.sluice.runtime.config.FilterSource;
import dev.sluice.runtime.config.LoadedConfig;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.ProxyConfiguration;

/** A configuration that has been read and found valid. Immutable. */
public final class ProxyConfig {
    private final LoadedConfig loaded;

    private ProxyConfig(LoadedConfig loaded) {
        this.loaded = loaded;
    }

    /**
     * Reads a file and what it includes. {@code ${NAME}} is taken from the environment of the process.
     *
     * @throws ConfigurationException with every problem of all files
     */
    public static ProxyConfig load(Path file) {
        return read(loader -> loader.load(file));
    }

    /**
     * Reads a text.
     *
     * @throws ConfigurationException with every problem
     */
    public static ProxyConfig parse(String yaml) {
        return read(loader -> loader.parse(yaml, "configuration"));
    }

    static ProxyConfig parse(String yaml, FilterSource source) {
        return read(loader -> loader.parse(yaml, "configuration", source));
    }

    private static ProxyConfig read(Reading reading) {
        try {
            return new ProxyConfig(reading.with(new ConfigLoader(System.getenv())));
        } catch (ConfigProblemsException e) {
            throw refused(e);
        }
    }

    static ConfigurationException refused(ConfigProblemsException e) {
        return new ConfigurationException(e.problems().stream().map(ProxyConfig::problem).toList());
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

    ProxyConfiguration configuration() {
        return loaded.configuration();
    }

    private static ConfigurationProblem problem(ConfigProblem problem) {
        return new ConfigurationProblem(problem.source(), problem.line(), problem.column(), problem.path(),
                problem.what(),
                problem.allowed(), problem.didYouMean(), problem.render());
    }

    /** One of the ways to read. */
    private interface Reading {
        LoadedConfig with(ConfigLoader loader) throws ConfigProblemsException;
    }
}
