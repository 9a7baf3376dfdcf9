package dev.sluice.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.config.FilesRead;
import dev.sluice.runtime.config.FilterCatalog;
import dev.sluice.runtime.config.FilterSource;
import dev.sluice.runtime.config.JsonSchema;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.plugin.PluginRegistry;
import org.jspecify.annotations.Nullable;

/** The source of filters of one load of a configuration: opens a registry of plugins, and remembers it. One thread. */
final class RegistrySource implements FilterSource {
    private static final String DEFAULT_DIRECTORY = "plugins";

    private final List<FilterProvider<?>> filters;
    private final @Nullable Path pluginDirectory;
    private final @Nullable Path home;
    private final Path directory;
    private final @Nullable PluginRegistry previous;
    private final FilesRead files;
    private @Nullable PluginRegistry opened;

    /**
     * A source for one load.
     *
     * @param filters those of the program, which come first
     * @param pluginDirectory the plugins directory of a configuration that names none; null = none
     * @param home the installation, where a relative directory starts; null = at {@code directory}
     * @param directory of the configuration
     * @param previous the plugins of the configuration that serves; null = none serves
     * @param files gets the files of plugins
     */
    RegistrySource(List<FilterProvider<?>> filters, @Nullable Path pluginDirectory, @Nullable Path home,
            Path directory, @Nullable PluginRegistry previous, FilesRead files) {
        this.filters = filters;
        this.pluginDirectory = pluginDirectory;
        this.home = home;
        this.directory = directory;
        this.previous = previous;
        this.files = files;
    }

    /** The registry; null until {@link #open}. */
    @Nullable
    PluginRegistry opened() {
        return opened;
    }

    @Override
    public FilterCatalog open(PluginsConfig plugins) {
        Path place = place(plugins.directory().orElse(null));
        if (place != null) {
            files.addPattern(place, "*.jar");
            files.addPattern(place, "*/*.jar");
        }
        PluginRegistry registry = PluginRegistry.open(place, filters, previous);
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

    /** Lists without loading; empty if the file could not be read. */
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
