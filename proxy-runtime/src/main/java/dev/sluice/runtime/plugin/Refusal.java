package dev.sluice.runtime.plugin;

/**
 * What was found and cannot be used.
 *
 * @param name as {@link PluginInfo#name}
 * @param location as {@link PluginInfo#location}
 * @param problem why, in a sentence that names it
 */
public record Refusal(String name, String location, String problem) {}
