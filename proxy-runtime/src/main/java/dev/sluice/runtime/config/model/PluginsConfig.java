package dev.sluice.runtime.config.model;

import java.nio.file.Path;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.runtime.shape.Syntax;

/**
 * The source of filters that are not built in.
 *
 * @param directory as it was written; a relative one is resolved by the user of this record. Empty = no plugins
 */
public record PluginsConfig( // @formatter:off
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("The directory of the plugins, with a directory or a JAR for each. Relative to the "
                + "installation, or "
                + "in an embedding program to this file.")
        Optional<Path> directory,
        @ConfigDefault("skip")
        @ConfigDescription("The treatment of a plugin that cannot be used: skip leaves it out with a warning, refuse "
                + "refuses the configuration.")
        Broken broken,
        ConfigPlace place) { // @formatter:on
    /** The section of a configuration that has none. */
    public static final PluginsConfig NONE = new PluginsConfig(Optional.empty(), Broken.SKIP, ConfigPlace.NONE);

    /** The treatment of a plugin that cannot be used. */
    public enum Broken {
        /** The plugin is left out, with a warning. */
        SKIP,
        /** The configuration is refused. */
        REFUSE
    }
}
