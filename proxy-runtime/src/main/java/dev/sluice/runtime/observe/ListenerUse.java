package dev.sluice.runtime.observe;

/**
 * The connections of a listener in one generation, as admin shows them.
 *
 * @param name the name in the configuration of that generation
 * @param connections open connections that have its settings
 */
public record ListenerUse(String name, long connections) {}
