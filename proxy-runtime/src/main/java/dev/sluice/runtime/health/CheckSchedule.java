package dev.sluice.runtime.health;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The pauses of one check, from start to start, in nanoseconds. Pure; one thread at a time.
 *
 * <p>Random, so that the checks of many endpoints, and of many proxies, spread over the interval. A pause is drawn from the last tenth of
 * its length and never longer: that a dead endpoint is noticed within the interval, {@code fall − 1} seconds and the timeout is a promise.
 */
final class CheckSchedule {
    /** The longest pause while the verdict is open, and the shortest between checks that failed connects ask for. */
    static final long URGENT_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int JITTER_DIVISOR = 10;

    /** The unit in which starts are counted, some 67 ms; a power of two. */
    private static final long TICK_NANOS = 1L << 26;
    /** The shortest pause that ticks do not distort. */
    private static final long LEAST_NANOS_FOR_TICKS = 8 * TICK_NANOS;

    private final long interval;
    private final long urgent;
    private final RandomGenerator random;
    private boolean spread;

    CheckSchedule(Duration interval, RandomGenerator random) {
        this.interval = interval.toNanos();
        this.urgent = Math.min(this.interval, URGENT_NANOS);
        this.random = random;
    }

    /** The pause before the first check: short, since nothing is known. */
    long first() {
        return random.nextLong(urgent + 1);
    }

    /** The pause while results and verdict differ. */
    long urgent() {
        return jittered(urgent);
    }

    /** The pause while results and verdict agree. The first is drawn from the whole interval, since all that start together start within a second. */
    long regular() {
        if (spread) {
            return jittered(interval);
        }
        spread = true;
        return urgent + random.nextLong(interval - urgent + 1);
    }

    /**
     * The time of a start: up to a tick before the end of the pause, so that several checks start together. To wake two
     * threads costs more than a check.
     *
     * @param from {@link System#nanoTime()}
     */
    static long end(long from, long pause) {
        return pause < LEAST_NANOS_FOR_TICKS ? from + pause : (from + pause) & -TICK_NANOS;
    }

    private long jittered(long pause) {
        return pause - random.nextLong(pause / JITTER_DIVISOR + 1);
    }
}
