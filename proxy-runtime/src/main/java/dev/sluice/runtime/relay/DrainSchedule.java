package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;

/**
 * The times at which the connections of a paced drain are to be closed: spread evenly over a period, in an order that
 * looks random, and each at a quiet moment. Computed from the id alone, so that a connection stores nothing. Any thread.
 *
 * <pre>
 *   0 ───────── turn ──────────────────── turn + 10 s
 *      stays     closed once 200 ms        closed
 *                without a byte
 * </pre>
 *
 * @param start by {@link System#nanoTime}
 * @param period the time from the first to the last turn, in nanoseconds; 0 = all at once
 */
record DrainSchedule(long start, long period) {
    /** The time without a byte after which a moment is quiet. */
    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** The time after its turn for which a busy connection is spared. */
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /**
     * The golden ratio as a fraction of 2^64. Its multiples are spread evenly over any stretch of consecutive numbers
     * (Knuth, The Art of Computer Programming, volume 3, section 6.4).
     */
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;
    private static final double TWO_TO_63 = 0x1p63;

    /** The turn of the connection with this id. */
    long turn(long id) {
        return start + fraction(id, period);
    }

    /** A part of a time, from 0 to the whole, spread evenly over consecutive ids. */
    static long fraction(long id, long time) {
        return (long) (((id * GOLDEN) >>> 1) / TWO_TO_63 * time);
    }

    /** Whether a connection is to be closed now. */
    boolean isDue(long id, long lastActivity, long now) {
        long late = now - turn(id);
        return late >= 0 && (period == 0 || late >= GRACE_NANOS || now - lastActivity >= QUIET_NANOS);
    }
}
