package dev.sluice.runtime.config.model;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Where filters come from, besides those that are built in.
 *
 * @param directory as it was written; a relative one starts wherever whoever opens it says. Absent = no plugins
 * @param refuseBroken whether a plugin that cannot be used makes the configuration unusable; otherwise it is left out with a warning
 */
public record PluginsConfig(@Nullable Path directory, boolean refuseBroken) {}
