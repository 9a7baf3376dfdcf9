package dev.sluice.runtime.cluster;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The belief whether an endpoint accepts connections, drawn from those that clients make. The package documentation has
 * the diagram of its states. Times are {@link System#nanoTime()}. Any thread, except that {@link #eject} is called under
 * a lock of the caller.
 */
final class Belief {
    /** States. */
    enum Phase {
        /** No failure stands. */
        UP,
        /** It is avoided until a time. */
        EJECTED,
        /** One connection tries it, or may. */
        TRIAL
    }

    /**
     * The {@link #word} of an endpoint without a failure that stands. Other values are the time until which it is
     * avoided, with flags in the low bits.
     */
    private static final long UP = 0;
    private static final long AVOIDED = 1;
    private static final long ON_TRIAL = 2;
    private static final long FLAGS = 3;
    private static final long LEASE_NANOS = EndpointState.FAIL_WINDOW.toNanos();
    /** The passed checks in a row after which an ejected endpoint is tried before its time. */
    private static final int PASSES = 2;

    private final AtomicLong word = new AtomicLong(UP);
    private final AtomicInteger failedConnects = new AtomicInteger();
    private final AtomicInteger earlyCloses = new AtomicInteger();
    private final AtomicInteger passes = new AtomicInteger();
    /** The number of ejections that still count. */
    private volatile int level;
    private volatile long upSince;
    private volatile long lastEjectionNanos;
    /** Whether the last ejection was for connections that were closed at once, which checks do not notice. */
    private volatile boolean forEarlyCloses;

    /** Whether connects fail in a row, ejected or not. */
    boolean failing(Ejection rule) {
        return failedConnects.get() >= rule.failures() || earlyCloses.get() >= rule.failures();
    }

    /** Whether no failure stands. */
    boolean isUp() {
        return word.get() == UP;
    }

    /** The state at a time. */
    Phase phase(long now) {
        long seen = word.get();
        if (seen == UP) {
            return Phase.UP;
        }
        return (seen & ON_TRIAL) != 0 || mayBeTried(seen, now) ? Phase.TRIAL : Phase.EJECTED;
    }

    /** Whether it is up, or may be tried. */
    boolean mayBeTried(long now) {
        return mayBeTried(word.get(), now);
    }

    /** The time for which it is still avoided; 0 and less = it is not. */
    long avoidedFor(long now) {
        long seen = word.get();
        return seen == UP ? 0 : (seen & ~FLAGS) - now;
    }

    /** Whether its last failure or trial was longer ago than the other's. Meaningful only if neither is up. */
    boolean avoidedLongerThan(Belief other) {
        return word.get() - other.word.get() < 0;
    }

    /** Takes the right to one connection; for one that is not up, the trial. @return whether there is one */
    boolean take(long now) {
        long seen = word.get();
        return seen == UP || (mayBeTried(seen, now) && word.compareAndSet(seen, until(now + LEASE_NANOS) | ON_TRIAL));
    }

    /** Notes that a connection is made although it is avoided. */
    void takeAsLastResort(long now) {
        long seen = word.get();
        if (seen != UP) {
            // If this loses against a report or another last resort, the belief is fresh, and this connection goes
            // ahead anyway.
            word.compareAndSet(seen, until(now + LEASE_NANOS) | ON_TRIAL);
        }
    }

    /** Reports a connect that succeeded. @return whether a failure stood, and is revoked by it */
    boolean succeeded(long now) {
        if (failedConnects.get() != 0) {
            failedConnects.set(0);
        }
        long seen = word.get();
        // If this loses against another report, that report is as new as this one.
        boolean recovered = seen != UP && ((seen & ON_TRIAL) != 0 || mayBeTried(seen, now))
                && word.compareAndSet(seen, UP);
        if (recovered) {
            upSince = now;
        }
        return recovered;
    }

    /** Forgets all failures, whether it is ejected or not. */
    void forget(long now) {
        failedConnects.set(0);
        earlyCloses.set(0);
        level = 0;
        if (word.getAndSet(UP) != UP) {
            upSince = now;
        }
    }

    /**
     * Counts a failed connect, or one that was closed at once.
     *
     * @return whether the endpoint is to be ejected, for the first time or again
     */
    boolean countFailure(Ejection rule, boolean early, long now) {
        int inRow = (early ? earlyCloses : failedConnects).incrementAndGet();
        long seen = word.get();
        if (seen == UP) {
            return inRow >= rule.failures();
        }
        // A simple rule counts from the last failure, one that doubles from the first.
        return !rule.caps() || (seen & ON_TRIAL) != 0 || mayBeTried(seen, now);
    }

    /** Notes that a connection did not end at once. */
    void lasted() {
        if (earlyCloses.get() != 0) {
            earlyCloses.set(0);
        }
    }

    /** Ejects it. @return whether no failure stood until now */
    boolean eject(Ejection rule, boolean early, long random, long now) {
        boolean wasUp = word.get() == UP;
        long quiet = wasUp ? now - upSince : 0;
        int before = lastEjectionNanos == 0 ? 0 : (int) Math.max(0, level - quiet / lastEjectionNanos);
        long nanos = rule.nanos(before, random);
        level = Math.min(before + 1, Long.SIZE);
        lastEjectionNanos = nanos;
        passes.set(0);
        forEarlyCloses = early;
        if (early) {
            // Its connects succeed, so the trial will: the next one that ends at once is enough.
            earlyCloses.set(rule.failures() - 1);
        }
        return word.getAndSet(until(now + nanos)) == UP;
    }

    /**
     * Reports a health check of the same port that has passed: two in a row end an ejection with a trial, or, where one
     * failure is enough to be avoided, the failure is revoked.
     */
    void checkPassed(Ejection rule, long now) {
        long seen = word.get();
        if (seen == UP || forEarlyCloses || passes.incrementAndGet() < PASSES) {
            return;
        }
        if (!rule.caps()) {
            if (word.compareAndSet(seen, UP)) {
                failedConnects.set(0);
            }
        } else if ((seen & ON_TRIAL) == 0 && !mayBeTried(seen, now)) {
            word.compareAndSet(seen, until(now));
        }
    }

    /** Reports a health check of the same port that has failed. */
    void checkFailed() {
        passes.set(0);
    }

    private static long until(long time) {
        return (time & ~FLAGS) | AVOIDED;
    }

    private static boolean mayBeTried(long word, long now) {
        return word == UP || (word & ~FLAGS) - now <= 0;
    }
}
