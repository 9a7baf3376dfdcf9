package dev.sluice.runtime.discovery;

import java.time.Duration;

/** The times after which a name is asked for again. Pure. */
final class RefreshTimes {
    /** The bounds of a time to live. */
    static final Duration FLOOR = Duration.ofSeconds(1);
    static final Duration CEILING = Duration.ofHours(1);
    /** The time to live of answers that have none: they are meant not to be cached, which is no wish to be asked without pause. */
    static final Duration WITHOUT_TTL = Duration.ofSeconds(5);
    /** The bounds between attempts that fail. */
    static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    static final Duration LAST_RETRY = Duration.ofSeconds(30);

    /** The most by which answers are spread: a change is to be seen one second after its time to live, the query included. */
    private static final Duration MOST_SPREAD = Duration.ofMillis(900);
    private static final int SPREAD_PART = 10;

    private RefreshTimes() {}

    /** The time to live that counts, of what a record says in seconds. */
    static Duration timeToLive(long seconds) {
        Duration said = seconds <= 0 ? WITHOUT_TTL : Duration.ofSeconds(Math.min(seconds, CEILING.toSeconds()));
        return said.compareTo(FLOOR) < 0 ? FLOOR : said;
    }

    /**
     * The pause after an answer.
     *
     * @param chance from 0 to 1
     */
    static Duration afterAnswer(Duration timeToLive, double chance) {
        return spread(timeToLive, chance);
    }

    /**
     * The pause after a failure.
     *
     * @param failures in a row, this one included
     * @param chance from 0 to 1
     */
    static Duration afterFailure(int failures, double chance) {
        long doubled = FIRST_RETRY.toSeconds() << Math.min(Math.max(failures - 1, 0), 10);
        return spread(Duration.ofSeconds(Math.min(doubled, LAST_RETRY.toSeconds())), chance);
    }

    /**
     * The pause after an answer that there is no such name, or no such record: that of a failure, but not longer than the
     * server says, so that the first pod of a service is seen soon.
     *
     * @param negativeTtl in seconds; negative = unknown
     */
    static Duration afterDenial(int failures, long negativeTtl, double chance) {
        Duration retry = afterFailure(failures, chance);
        if (negativeTtl < 0) {
            return retry;
        }
        Duration said = Duration.ofSeconds(Math.max(negativeTtl, WITHOUT_TTL.toSeconds()));
        return said.compareTo(retry) < 0 ? spread(said, chance) : retry;
    }

    private static Duration spread(Duration base, double chance) {
        long most = Math.min(MOST_SPREAD.toNanos(), base.toNanos() / SPREAD_PART);
        return base.plusNanos((long) (most * chance));
    }
}
