package dev.sluice.runtime.loop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The longest turn of an event loop lately: the time for which none of its connections moved. Of the period under way
 * and the one before, so that a peak is seen for at least one period and at most two. Written by the loop's thread with
 * release stores, which cost no fence; read by any thread.
 */
public final class TurnTimes {
    static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong begin;
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong before = new AtomicLong();

    /** @param begin in nanoseconds of the monotonic clock */
    TurnTimes(long begin) {
        this.begin = new AtomicLong(begin);
    }

    /** Counts a turn. On the loop's thread. */
    void turned(long from, long to) {
        long age = to - begin.getPlain();
        if (age >= PERIOD_NANOS) {
            before.setRelease(age >= 2 * PERIOD_NANOS ? 0 : now.getPlain());
            now.setRelease(0);
            begin.setRelease(to);
        }
        if (to - from > now.getPlain()) {
            now.setRelease(to - from);
        }
    }

    /** The longest turn of the last one to two minutes, in nanoseconds. */
    public long longestNanos() {
        return longestNanos(System.nanoTime());
    }

    /** A loop that does not turn starts no period, so its turns are forgotten by the clock. */
    long longestNanos(long at) {
        long age = at - begin.getAcquire();
        if (age >= 2 * PERIOD_NANOS) {
            return 0;
        }
        return age >= PERIOD_NANOS ? now.getAcquire() : Math.max(now.getAcquire(), before.getAcquire());
    }
}
