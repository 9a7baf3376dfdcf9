package dev.sluice.runtime.observe;

/**
 * The reloads of a server so far.
 *
 * @param applied reloads that put a new configuration in place
 * @param unchanged reloads that found nothing to change
 * @param refused reloads that were refused
 * @param lastSucceeded whether the last one was not refused; true while there was none
 * @param lastEpochSeconds the time of the last one that was not refused, or of the start
 */
public record ReloadsView(long applied, long unchanged, long refused, boolean lastSucceeded, double lastEpochSeconds) {}
