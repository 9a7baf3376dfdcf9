package dev.sluice.runtime.config;

/**
 * A value and where it came from.
 *
 * @param text as the user wrote it, variables replaced
 */
record Located<T>(T value, String text, Location at, ConfigPath path) {}
