package dev.sluice.runtime;

/**
 * The result of a drain.
 *
 * @param open connections when it began
 * @param cut connections that were still open at the deadline and were reset
 */
public record DrainResult(int open, int cut) {}
