package dev.sluice.runtime.config.model;

import java.nio.file.Path;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.runtime.shape.Syntax;

/**
 * The source of filters that are not built in.
 *
 * @param directory as it was written: its user knows what a relative one starts at. Empty = no plugins
 */
public record PluginsConfig( // @formatter:off
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("Place of the plugins: a directory or a JAR for each. Relative to the installation, or, "
                + "embedded, to this file.")
        Optional<Path> directory,
        @ConfigDefault("skip")
        @ConfigDescription("Treatment of a plugin that cannot be used: skip leaves it out with a warning, refuse "
                + "refuses the configuration.")
        Broken broken,
        ConfigPlace place) { // @formatter:on
    /** The section that a configuration without it has. */
    public static final PluginsConfig NONE = new PluginsConfig(Optional.empty(), Broken.SKIP, ConfigPlace.NONE);

    /** The treatment of a plugin that cannot be used. */
    public enum Broken {
        /** It is left out, with a warning. */
        SKIP,
        /** The configuration is refused. */
        REFUSE
    }
}
