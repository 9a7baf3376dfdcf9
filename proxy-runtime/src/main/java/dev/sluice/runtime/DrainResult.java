package dev.sluice.runtime;

/**
 * The outcome of a drain.
 *
 * @param open the number of connections when it began
 * @param cut the number of connections that were still open at the deadline and were reset
 */
public record DrainResult(int open, int cut) {}
