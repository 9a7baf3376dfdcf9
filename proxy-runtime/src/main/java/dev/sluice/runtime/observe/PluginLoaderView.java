package dev.sluice.runtime.observe;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The class loader of a plugin that is still in memory, as admin shows it.
 *
 * @param plugin its name
 * @param version null if it declares none
 * @param generation the first generation that had it
 * @param since the start of that generation
 * @param serving whether a generation has it; false = it should be gone
 * @param keptBy the probable reason for which it is still in memory long after its last generation; null = none is known yet
 */
public record PluginLoaderView(String plugin, @Nullable String version, long generation, Instant since,
        boolean serving, @Nullable String keptBy) {}
