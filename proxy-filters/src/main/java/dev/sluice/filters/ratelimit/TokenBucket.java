package dev.sluice.filters.ratelimit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.time.Duration;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import org.jspecify.annotations.Nullable;

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
    /** The age of a rule from which on no thread acts by the one before it, on whatever clock reading. */
    private static final long SETTLED_NANOS = Duration.ofSeconds(1).toNanos();

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
    private final Rate rate;
    private final long burst;
    private final long longestWait;
    /** The smallest amount that is worth taking, in nanoseconds. */
    private final long least;
    /** The time after another limit, with the same buckets; null = there was none. */
    private final @Nullable Succession succession;

    /**
     * The time in which buckets may still have marks of other limits. The time at which a bucket is full again does not
     * say at which rate its tokens were taken, so all are taken for those of the fastest: then no window has more than
     * the largest burst and the fastest rate allow.
     *
     * @param from the time at which the limit came into force
     * @param until the time at which all other marks have passed
     * @param fastest the fastest rate
     * @param burst the largest burst
     * @param capacity the content of a full bucket meanwhile, in nanoseconds
     * @param most the time until a bucket is full, at most: more is a slower rate's, and would punish for its slowness
     */
    private record Succession(long from, long until, Rate fastest, long burst, long capacity, long most) {
        boolean isOver(long now) {
            return now - until >= 0;
        }

        boolean isSettled(long now) {
            return now - from >= SETTLED_NANOS;
        }
    }

    private TokenBucket(TokenBucket limit, Succession succession) {
        whole = limit.whole;
        rest = limit.rest;
        divisor = limit.divisor;
        tokensPerNano = limit.tokensPerNano;
        capacity = limit.capacity;
        grain = limit.grain;
        grainNanos = limit.grainNanos;
        rate = limit.rate;
        burst = limit.burst;
        longestWait = limit.longestWait;
        least = limit.least;
        this.succession = succession;
    }

    private TokenBucket(Rate rate, BigInteger capacityNanos, long burst, long longestWait, boolean ofBytes) {
        this.rate = rate;
        this.burst = burst;
        this.longestWait = longestWait;
        this.succession = null;
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
        least = ofBytes ? grainNanos : cost(1);
    }

    /**
     * {@return buckets from which single tokens are {@linkplain #take taken}}
     *
     * @param longestWait the longest wait for a token
     */
    static TokenBucket ofConnections(Rate rate, int burst, long longestWait) {
        // A whole number of costs, as each token is rounded by itself.
        BigInteger each = Refill.nanos(BigInteger.ONE, rate, true);
        return new TokenBucket(rate, each.multiply(BigInteger.valueOf(burst)), burst, longestWait, false);
    }

    /**
     * {@return buckets that {@linkplain #permits permit} many tokens at a time, to be {@linkplain #consume consumed}
     * later}
     */
    static TokenBucket ofBytes(Rate rate, ByteSize burst) {
        // Rounded up where a nanosecond is less than a byte, lest the last byte of a burst never pass.
        boolean slow = rate.amount() < rate.perNanos();
        return new TokenBucket(rate, Refill.nanos(BigInteger.valueOf(burst.bytes()), rate, slow), burst.bytes(), 0,
                true);
    }

    /** {@return the rate as it was written} */
    Rate rate() {
        return rate;
    }

    /** {@return whether another limit has the same numbers} */
    boolean isSameLimit(TokenBucket other) {
        return rate.equals(other.rate) && burst == other.burst && longestWait == other.longestWait;
    }

    /**
     * {@return this limit when it replaces another one, of the same kind and with the same buckets}
     *
     * @param now the time at which it comes into force
     */
    TokenBucket inPlaceOf(TokenBucket before, long now) {
        if (isSameLimit(before)) {
            return before;
        }
        Rate fastest = faster(rate, before.rate);
        long largest = Math.max(burst, before.burst);
        long marked = before.capacity + before.longestWait;
        Succession earlier = before.succession;
        if (earlier != null && !earlier.isOver(now)) {
            fastest = faster(fastest, earlier.fastest());
            largest = Math.max(largest, earlier.burst());
            marked = Math.max(marked, earlier.until() - now);
        }
        BigInteger tokens = BigInteger.valueOf(largest);
        long atMost = Refill.nanos(tokens, fastest, false).longValueExact();
        long most = Refill.nanos(tokens, fastest, true).longValueExact() + Math.max(longestWait, before.longestWait);
        return new TokenBucket(this, new Succession(now, now + marked, fastest, largest,
                Math.min(capacity, Math.max(atMost, least)), most));
    }

    private static Rate faster(Rate a, Rate b) {
        BigInteger one = BigInteger.valueOf(a.amount()).multiply(BigInteger.valueOf(b.perNanos()));
        BigInteger other = BigInteger.valueOf(b.amount()).multiply(BigInteger.valueOf(a.perNanos()));
        return one.compareTo(other) >= 0 ? a : b;
    }

    /** {@return the cost in nanoseconds, rounded up} */
    private long cost(int tokens) {
        if (whole > 0 && tokens > FOREVER / (whole + 1)) {
            return FOREVER;
        }
        return tokens * whole + (tokens * rest + divisor - 1) / divisor;
    }

    private long fullAt(long[] cells, int cell, long now) {
        long fullAt = (long) CELL.getVolatile(cells, cell);
        Succession after = succession;
        if (after == null || after.isOver(now) || !after.isSettled(now) || fullAt - now <= after.most()) {
            return fullAt;
        }
        // Or a source that was refused at a slow rate would wait as long at the fast one.
        CELL.compareAndSet(cells, cell, fullAt, now + after.most());
        return (long) CELL.getVolatile(cells, cell);
    }

    private long capacity(long now) {
        Succession after = succession;
        return after == null || after.isOver(now) ? capacity : after.capacity();
    }

    /** {@return the content of a bucket in nanoseconds, below 0 if tokens were taken in advance} Changes nothing. */
    long level(long[] cells, int cell, long now) {
        long untilFull = (long) CELL.getVolatile(cells, cell) - now;
        Succession after = succession;
        if (after != null && !after.isOver(now) && after.isSettled(now)) {
            untilFull = Math.min(untilFull, after.most());
        }
        return capacity(now) - Math.max(0, untilFull);
    }

    /** {@return the content of a bucket that nothing was taken from, in nanoseconds} */
    long fullLevel(long now) {
        return capacity(now);
    }

    /** {@return the tokens of a level, at least 0} */
    long tokens(long level) {
        return level <= 0
                ? 0
                : Math.min(burst, whole > 0 && rest == 0 ? level / whole : (long) (level * tokensPerNano));
    }

    /** {@return the time until a level has a token, in nanoseconds; 0 = it has one} */
    long waitAt(long level) {
        return Math.max(0, cost(1) - level);
    }

    /** {@return the most tokens} */
    long burst() {
        return burst;
    }

    /** {@return the nanoseconds until there is a token; 0 = there is one} */
    long waitFor(long[] cells, int cell, long now) {
        return Math.max(0, Math.max(0, fullAt(cells, cell, now) - now) + cost(1) - capacity(now));
    }

    /**
     * Takes a token that is there, or will be soon.
     *
     * @return the nanoseconds until it is there; {@link #TOO_LONG} = more than {@code maxWait}, and none was taken
     */
    long take(long[] cells, int cell, long now, long maxWait) {
        long full = capacity(now);
        while (true) {
            long fullAt = fullAt(cells, cell, now);
            long lacking = Math.max(0, fullAt - now) + cost(1);
            if (lacking - full > maxWait) {
                return TOO_LONG;
            }
            if (CELL.compareAndSet(cells, cell, fullAt, now + lacking)) {
                return Math.max(0, lacking - full);
            }
        }
    }

    /** {@return the number of tokens, up to {@code wanted}, that are there; 0 = too few to be worth a read} */
    int permits(long[] cells, int cell, int wanted, long now) {
        long there = capacity(now) - Math.max(0, fullAt(cells, cell, now) - now);
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

    /** {@return the time at which a closed gate opens if no tokens are taken meanwhile; perhaps only a first look} */
    long opensAt(long[] cells, int cell, long now) {
        long fullAt = fullAt(cells, cell, now);
        long opensAt = fullAt - (capacity - grainNanos);
        Succession after = succession;
        if (after == null || after.isOver(now)) {
            return opensAt;
        }
        long meanwhile = fullAt - (after.capacity() - grainNanos);
        long wait = Math.min(meanwhile - now, Math.max(opensAt - now, after.until() - now));
        return now + (after.isSettled(now) ? wait : Math.min(wait, after.from() + SETTLED_NANOS - now));
    }

    /**
     * Takes tokens that were permitted, also if other threads have taken them meanwhile: then it takes longer until
     * there are more.
     */
    void consume(long[] cells, int cell, int tokens, long now) {
        long cost = cost(tokens);
        long fullAt;
        do {
            fullAt = fullAt(cells, cell, now);
        } while (!CELL.compareAndSet(cells, cell, fullAt, now + Math.max(0, fullAt - now) + cost));
    }
}
