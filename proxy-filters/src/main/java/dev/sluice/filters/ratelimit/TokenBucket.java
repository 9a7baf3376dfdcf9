package dev.sluice.filters.ratelimit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.time.Duration;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;

/**
 * A token bucket as one number, which threads can share without a lock: the time at which it is full again. A bucket
 * whose time has passed is full; taking tokens moves the time ahead by the time in which they come in. This is the
 * generic cell rate algorithm (ITU-T I.371, annex A, virtual scheduling). The time never goes back, and the cost of
 * tokens is rounded up to a nanosecond, so neither threads with older clock readings nor rounding let more pass than
 * the limit.
 *
 * <p>An instance holds the numbers that the buckets of one limit share; immutable. The buckets themselves are elements
 * of arrays, which all methods take. A bucket begins full: with any time that has passed. Times are nanoseconds of one
 * monotonic clock; only their differences matter.
 */
final class TokenBucket {
    /** The result of a wait that would take too long. */
    static final long TOO_LONG = -1;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    /** A time longer than any wait, and small enough for sums. */
    private static final long FOREVER = 1L << 61;
    /** The time after which a closed gate opens at the earliest: fewer wake-ups, each for a useful number of bytes. */
    private static final double WORTHWHILE_NANOS = Duration.ofMillis(20).toNanos();
    /** The number of bytes that slow limits wait for, as long as people do not notice the wait. */
    private static final double WORTHWHILE_BYTES = 1 << 10;
    private static final double NOTICEABLE_NANOS = Duration.ofMillis(250).toNanos();

    /** The cost of n tokens is {@code n * whole + ceil(n * rest / divisor)} nanoseconds; rest < divisor < 2^32. */
    private final long whole;
    private final long rest;
    private final long divisor;
    private final double tokensPerNano;
    /** The content of a full bucket, in nanoseconds. */
    private final long capacity;
    /** The amount that a closed gate waits for, in tokens and in nanoseconds. */
    private final int grain;
    private final long grainNanos;

    private TokenBucket(Rate rate, BigInteger capacityNanos, long burst) {
        long amount = rate.amount();
        long nanos = rate.perNanos();
        while (amount >>> 32 != 0) {
            amount >>>= 1;
            nanos = (nanos + 1) >>> 1;
        }
        whole = nanos / amount;
        rest = nanos % amount;
        divisor = amount;
        tokensPerNano = (double) amount / nanos;
        double worthwhile = Math.max(tokensPerNano * WORTHWHILE_NANOS,
                Math.min(WORTHWHILE_BYTES, tokensPerNano * NOTICEABLE_NANOS));
        // Half of it at most: the other half takes what comes in while the wake-up is late.
        grain = (int) Math.min(Integer.MAX_VALUE, Math.max(1, Math.min((long) worthwhile, burst / 2)));
        grainNanos = cost(grain);
        capacity = capacityNanos.longValueExact();
    }

    /** {@return buckets from which single tokens are {@linkplain #take taken}} */
    static TokenBucket ofConnections(Rate rate, int burst) {
        // A whole number of costs, as each token is rounded by itself.
        BigInteger each = Refill.nanos(BigInteger.ONE, rate, true);
        return new TokenBucket(rate, each.multiply(BigInteger.valueOf(burst)), burst);
    }

    /**
     * {@return buckets that {@linkplain #permits permit} many tokens at a time, to be {@linkplain #consume consumed}
     * later}
     */
    static TokenBucket ofBytes(Rate rate, ByteSize burst) {
        // Rounded up where a nanosecond is less than a byte, lest the last byte of a burst never pass.
        boolean slow = rate.amount() < rate.perNanos();
        return new TokenBucket(rate, Refill.nanos(BigInteger.valueOf(burst.bytes()), rate, slow), burst.bytes());
    }

    /** {@return the cost in nanoseconds, rounded up} */
    private long cost(int tokens) {
        if (whole > 0 && tokens > FOREVER / (whole + 1)) {
            return FOREVER;
        }
        return tokens * whole + (tokens * rest + divisor - 1) / divisor;
    }

    private static long fullAt(long[] cells, int cell) {
        return (long) CELL.getVolatile(cells, cell);
    }

    /** {@return the nanoseconds until there is a token; 0 = there is one} */
    long waitFor(long[] cells, int cell, long now) {
        return Math.max(0, Math.max(0, fullAt(cells, cell) - now) + cost(1) - capacity);
    }

    /**
     * Takes a token that is there, or will be soon.
     *
     * @return the nanoseconds until it is there; {@link #TOO_LONG} = more than {@code maxWait}, and none was taken
     */
    long take(long[] cells, int cell, long now, long maxWait) {
        while (true) {
            long fullAt = fullAt(cells, cell);
            long lacking = Math.max(0, fullAt - now) + cost(1);
            if (lacking - capacity > maxWait) {
                return TOO_LONG;
            }
            if (CELL.compareAndSet(cells, cell, fullAt, now + lacking)) {
                return Math.max(0, lacking - capacity);
            }
        }
    }

    /** {@return the number of tokens, up to {@code wanted}, that are there; 0 = too few to be worth a read} */
    int permits(long[] cells, int cell, int wanted, long now) {
        long there = capacity - Math.max(0, fullAt(cells, cell) - now);
        if (there >= cost(wanted)) {
            return wanted;
        }
        if (there < grainNanos) {
            return 0;
        }
        // The quotient may be off by its rounding; the costs decide.
        int tokens = (int) Math.max(grain, Math.min(wanted, (long) (there * tokensPerNano)));
        while (cost(tokens) > there) {
            tokens--;
        }
        return tokens;
    }

    /** {@return the time at which a closed gate opens if no tokens are taken meanwhile} */
    long opensAt(long[] cells, int cell) {
        return fullAt(cells, cell) - (capacity - grainNanos);
    }

    /**
     * Takes tokens that were permitted, also if other threads have taken them meanwhile: then it takes longer until
     * there are more.
     */
    void consume(long[] cells, int cell, int tokens, long now) {
        long cost = cost(tokens);
        long fullAt;
        do {
            fullAt = fullAt(cells, cell);
        } while (!CELL.compareAndSet(cells, cell, fullAt, now + Math.max(0, fullAt - now) + cost));
    }
}
