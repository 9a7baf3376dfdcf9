package dev.sluice.runtime;

import java.nio.file.Path;
import java.util.Objects;

import dev.sluice.runtime.config.ConfigLoader;
import dev.sluice.runtime.config.FilesRead;
import dev.sluice.runtime.config.FilterSource;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.plugin.PluginRegistry;
import org.jspecify.annotations.Nullable;

/** The way in which a configuration was read, a file or a text and its loader, so that it can be read again. Immutable. */
final class ConfigOrigin {
    private final ProxyConfig.Loader loader;
    private final String name;
    private final Path directory;
    private final Reading reading;

    /** A way to read a configuration. */
    private interface Reading {
        ConfigLoader.Loaded with(ConfigLoader loader, FilterSource source, FilesRead files) throws ProblemsException;
    }

    private ConfigOrigin(ProxyConfig.Loader loader, String name, Path directory, Reading reading) {
        this.loader = loader;
        this.name = name;
        this.directory = directory;
        this.reading = reading;
    }

    /** The origin of a file. The loader does not change any further. */
    static ConfigOrigin of(ProxyConfig.Loader loader, Path file) {
        return new ConfigOrigin(loader, file.toString(), ProxyConfig.Loader.directoryOf(file),
                (with, source, files) -> with.load(file, source, files));
    }

    /** The origin of a text. The loader does not change any further. */
    static ConfigOrigin of(ProxyConfig.Loader loader, String yaml) {
        return new ConfigOrigin(loader, "configuration", Path.of(""),
                (with, source, files) -> with.parse(yaml, "configuration", source, files));
    }

    /** The file, or {@code configuration} for a text. */
    String name() {
        return name;
    }

    /** The origin of another file that is read with the same filters. */
    ConfigOrigin of(Path file) {
        return of(loader, file);
    }

    /** The origin of a text that is read with the same filters. */
    ConfigOrigin of(String yaml) {
        return of(loader, yaml);
    }

    /**
     * Reads it.
     *
     * @param previous the plugins of the configuration that serves: those whose files are equal are taken from there; null = none serves
     * @param files gets the files that it depends on, also if it is refused
     */
    ProxyConfig read(@Nullable PluginRegistry previous, FilesRead files) {
        RegistrySource source = loader.source(directory, previous, files);
        try {
            ConfigLoader.Loaded loaded = reading.with(loader.reader(), source, files);
            if (previous == null) {
                loader.checkTest(loaded.configuration()); // A reload may take a cluster away.
            }
            loaded.configuration().admin().flatMap(AdminConfig::tokenFile).ifPresent(files::add);
            return new ProxyConfig(loaded, Objects.requireNonNull(source.opened()), this, files);
        } catch (ProblemsException e) {
            source.close();
            throw ProxyConfig.refused(e);
        } catch (IllegalArgumentException e) {
            source.close();
            throw e;
        }
    }
}
