package dev.sluice.runtime.config;

/**
 * A value and the place it was read from.
 *
 * @param <T> the type of the value
 */
record Parsed<T>(T value, Location at, ConfigPath path) {}
