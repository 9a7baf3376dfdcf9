package dev.sluice.runtime.observe;

/**
 * The result of closing connections.
 *
 * @param count connections that met the condition, as far as is known
 * @param complete whether all event loops have answered in time; those that have not go on
 */
public record CloseResult(long count, boolean complete) {}
