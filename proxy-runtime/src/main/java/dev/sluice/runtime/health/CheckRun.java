package dev.sluice.runtime.health;

import java.time.Duration;

import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import org.jspecify.annotations.Nullable;

/**
 * A check under way. {@link #start} and {@link #expire} are for the thread of the {@link CheckLoop}, {@link #cancel} also for one that has seen
 * that thread end.
 */
abstract class CheckRun {
    /** The least time by which a check is late: timers are not more exact. */
    private static final long LEAST_SLACK_NANOS = Duration.ofMillis(10).toNanos();

    /** The receiver of what becomes of a check, on any thread. */
    interface Listener {
        /**
         * The result is there.
         *
         * @param over whether the connection is closed, so that {@link #over} is not called
         */
        void answered(CheckRun run, Outcome outcome, boolean over);

        /** The connection is closed. */
        void over(CheckRun run);
    }

    private final Check check;
    private final Timer expiry = new Deadline(this::expire);
    private final Listener listener;
    private final long startedAt;
    private final long deadline;
    private final long slack;
    private final boolean lateBefore;
    private volatile boolean expired;

    /**
     * A check that starts now.
     *
     * @param now {@link System#nanoTime()}
     */
    CheckRun(Check check, Listener listener, long now) {
        CheckSettings settings = check.settings();
        this.check = check;
        this.listener = listener;
        this.startedAt = now;
        this.deadline = now + settings.timeout().toNanos();
        this.slack = Math.max(settings.timeout().toNanos() / 2, LEAST_SLACK_NANOS);
        this.lateBefore = check.lateBy() > slack;
    }

    final Check check() {
        return check;
    }

    final Listener listener() {
        return listener;
    }

    /** The timer that calls {@link #expire}. */
    final Timer expiry() {
        return expiry;
    }

    /**
     * Begins.
     *
     * @throws OutOfMemoryError if no thread can be started for it
     */
    abstract void start();

    /** Ends it because its time is over. */
    void expire() {
        expired = true;
    }

    /** Ends it because it is not wanted. */
    abstract void cancel();

    /** Waits until it has ended, after {@link #cancel}. */
    void awaitEnd(Duration patience) {}

    final boolean isExpired() {
        return expired;
    }

    /** Whether more than half of the timeout has passed since its start, before it was given a thread. */
    final boolean isLate(long now) {
        return lateBefore || now - startedAt > slack;
    }

    /**
     * The outcome.
     *
     * @param failure null for a success
     * @param lateStart whether this process was late to begin
     * @param now {@link System#nanoTime()}
     */
    final Outcome outcome(@Nullable CheckException failure, boolean lateStart, long now) {
        if (failure == null) {
            return new Outcome(CheckResult.PASSED, "", now - startedAt);
        }
        // The deadline, or the thread after it, may have been late as well. Peers, too, give up on those that are slow.
        boolean late = lateBefore || lateStart || now - deadline > slack;
        boolean own = late && (expired || failure.result() == CheckResult.CLOSED);
        return new Outcome(own ? CheckResult.LATE : failure.result(), reason(failure), now - startedAt);
    }

    /** The reason of a failure. The endpoint may have minded the header, which the configuration has in another place. */
    private String reason(CheckException failure) {
        ProxyHeaderWriter.Version header = check.settings().headerFor(check.address());
        boolean said = header != null && switch (failure.result()) {
            case CLOSED, WRONG_ANSWER, TLS -> true;
            case TIMEOUT -> failure.reason().startsWith("connected");
            case PASSED, REFUSED, UNREACHABLE, LATE, RESOURCES -> false;
        };
        return said && header != null
                ? failure.reason() + " (after a PROXY header " + header.name().toLowerCase(java.util.Locale.ROOT) + ")"
                : failure.reason();
    }

    /** The time of the check, as configuration writes it. */
    final String timeoutText() {
        long millis = check.settings().timeout().toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
