package dev.sluice.runtime.loop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on how often one message is logged, for messages that a thousand connections may cause in the same second:
 * the first is logged at once, after that one in each interval, with the number of messages left out. Thread-safe; a
 * message that is left out costs no lock and no allocation.
 *
 * <pre>{@code
 * long leftOut = throttle.admit(now);
 * if (leftOut != LogThrottle.NOT_NOW) {
 *     LOG.warn("... is full{}.", LogThrottle.leftOut(leftOut));
 * }
 * }</pre>
 */
public final class LogThrottle {
    /** The answer for a message that is left out. */
    public static final long NOT_NOW = -1;

    private static final long NEVER = Long.MIN_VALUE;

    private final long intervalNanos;
    private final AtomicLong next = new AtomicLong(NEVER);
    private final AtomicLong leftOut = new AtomicLong();

    /** @param interval the least time between two lines */
    public LogThrottle(Duration interval) {
        this.intervalNanos = interval.toNanos();
    }

    /**
     * Decides on one message.
     *
     * @param now in nanoseconds of the monotonic clock
     * @return {@link #NOT_NOW} to leave it out, otherwise the number of messages left out since the last one that was
     *     logged
     */
    public long admit(long now) {
        long due = next.get();
        if ((due == NEVER || now - due >= 0) && next.compareAndSet(due, now + intervalNanos)) {
            return leftOut.getAndSet(0);
        }
        leftOut.incrementAndGet();
        return NOT_NOW;
    }

    /** The end of a message's sentence: empty, or the number of messages left out. */
    public static String leftOut(long count) {
        return count == 0 ? "" : " (and " + count + " more since the last report)";
    }
}
