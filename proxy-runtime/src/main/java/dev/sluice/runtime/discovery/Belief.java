package dev.sluice.runtime.discovery;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The belief in the answers to one question. A failure changes nothing until the last good answer is too old. That there is
 * no such name or record is believed after {@value #ENOUGH} answers in a row over at least 30 s: a server that has just
 * lost its zone says so, and so does a service between its last old pod and its first new one.
 *
 * <pre>
 *   good    ─► its value
 *   denied  ─► the value before, until it was denied often and long enough; then nothing
 *   failed  ─► the value before, until keepStale has passed since its time to live; then nothing
 * </pre>
 *
 * Pure: the caller passes the time. One thread.
 */
final class Belief<T> {
    static final int ENOUGH = 3;
    static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

    private final Duration keepStale;
    private @Nullable T value;
    private long freshUntil;
    private boolean stale;
    private int denials;
    private long firstDenial;
    private boolean denied;

    Belief(Duration keepStale) {
        this.keepStale = keepStale;
    }

    void good(T answer, Duration timeToLive, long now) {
        value = answer;
        freshUntil = now + timeToLive.toNanos();
        stale = false;
        denials = 0;
        denied = false;
    }

    void denied(long now) {
        firstDenial = denials == 0 ? now : firstDenial;
        denials = Math.min(denials + 1, ENOUGH);
        stale = true;
        if (denials == ENOUGH && now - firstDenial >= LONG_ENOUGH.toNanos()) {
            denied = true;
            value = null;
        }
    }

    void failed(long now) {
        stale = true;
        if (value != null && now - freshUntil > 0
                && Duration.ofNanos(now - freshUntil).compareTo(keepStale) > 0) {
            value = null;
        }
    }

    /** The value that is used now; null = none. */
    @Nullable
    T value() {
        return value;
    }

    /** Whether a value is used that the last answer did not confirm. */
    boolean isStale() {
        return value != null && stale;
    }

    /** Whether it is believed that there is nothing. */
    boolean isDenied() {
        return denied;
    }
}
