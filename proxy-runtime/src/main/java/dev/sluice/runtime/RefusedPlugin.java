package dev.sluice.runtime;

/**
 * A plugin that cannot be used.
 *
 * @param name its directory, or its JAR without {@code .jar}
 * @param location its path
 * @param problem the reason, in a sentence that names the plugin
 */
public record RefusedPlugin(String name, String location, String problem) {}
