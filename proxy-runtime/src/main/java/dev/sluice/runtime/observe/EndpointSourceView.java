package dev.sluice.runtime.observe;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A source of endpoints, as admin and metrics show it.
 *
 * @param kind {@code dns} or {@code file}
 * @param name its DNS name with port, or its file
 * @param endpoints that are in use; -1 = there has been no answer yet
 * @param lastSuccess the time of the last good answer; null = none yet
 * @param ageNanos the time since then; 0 without one
 * @param lastFailure the time of the last failure; null = none so far
 * @param failure the reason of that failure
 * @param stale whether it fails now, so that its last good answer, if there is one, is no longer confirmed
 * @param successes good answers so far
 * @param failures failures so far
 */
public record EndpointSourceView(String kind, String name, int endpoints, @Nullable Instant lastSuccess, long ageNanos,
        @Nullable Instant lastFailure, @Nullable String failure, boolean stale, long successes, long failures) {
    /** The time of the last good answer in UTC, as the access log writes it; null = none yet. */
    public @Nullable String lastSuccessText() {
        return lastSuccess == null ? null : WallTime.of(lastSuccess);
    }

    /** The time of the last failure in UTC, as the access log writes it; null = none so far. */
    public @Nullable String lastFailureText() {
        return lastFailure == null ? null : WallTime.of(lastFailure);
    }
}
