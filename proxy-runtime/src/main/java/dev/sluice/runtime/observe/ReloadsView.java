package dev.sluice.runtime.observe;

import org.jspecify.annotations.Nullable;

/**
 * The reloads of a server so far.
 *
 * @param applied reloads that put a new configuration in place
 * @param unchanged reloads that found nothing to change
 * @param refused reloads that were refused
 * @param lastSucceeded whether the last one was not refused; true while there was none
 * @param lastEpochSeconds the time of the last one that was not refused, or of the start
 * @param last the last one; null = there was none
 * @param serving the reason for which the configuration that serves was read
 */
public record ReloadsView(long applied, long unchanged, long refused, boolean lastSucceeded, double lastEpochSeconds,
        @Nullable LastReload last, ReloadCause serving) {}
