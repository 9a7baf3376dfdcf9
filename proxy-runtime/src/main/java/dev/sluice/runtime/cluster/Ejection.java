package dev.sluice.runtime.cluster;

/**
 * The rule by which an endpoint is ejected after failed connections.
 *
 * @param failures in a row that eject it
 * @param firstNanos the time of the first ejection; each further one takes twice as long as the one before
 * @param longestNanos the time of an ejection at most
 * @param mostPercent the share of the endpoints that may be ejected at one time
 * @param caps whether {@code mostPercent} counts, and endpoints that close at once are failures too
 */
public record Ejection(int failures, long firstNanos, long longestNanos, int mostPercent, boolean caps) {
    /** The rule of a cluster that does not write one: one failure, for a fixed time, and no limit of how many. */
    public static final Ejection SIMPLE = new Ejection(1, EndpointState.FAIL_WINDOW.toNanos(),
            EndpointState.FAIL_WINDOW.toNanos(), 100, false);

    /** A share by which ejections differ, so that endpoints that failed together do not come back together. */
    private static final double JITTER = 0.1;

    /**
     * The time of an ejection.
     *
     * @param level the number of ejections that count from before
     * @param random any number
     */
    long nanos(int level, long random) {
        if (!caps) {
            return firstNanos;
        }
        long doubled = level >= Long.numberOfLeadingZeros(firstNanos) - 1 ? longestNanos : firstNanos << level;
        double jitter = 1 + JITTER * (2 * Mix.fraction(random) - 1);
        return Math.min((long) (Math.min(doubled, longestNanos) * jitter), longestNanos);
    }

    /**
     * The most endpoints that are ejected at one time: the share of all, at least one of two or more, and never the
     * last one.
     */
    int most(int endpoints) {
        return Math.min(endpoints - 1, Math.max(1, (int) ((long) endpoints * mostPercent / 100)));
    }
}
