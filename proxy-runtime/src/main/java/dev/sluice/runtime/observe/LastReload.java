package dev.sluice.runtime.observe;

import java.time.Instant;

/**
 * The reload that ended last, as admin shows it.
 *
 * @param time of its end
 * @param result a word: applied, unchanged, refused
 * @param cause the reason for which it was tried
 * @param text its summary in one line, or the first reason of the refusal
 */
public record LastReload(Instant time, String result, ReloadCause cause, String text) {
    /** The time in UTC, as the access log writes it. */
    public String timeText() {
        return WallTime.of(time);
    }
}
