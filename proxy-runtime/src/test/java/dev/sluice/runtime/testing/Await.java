package dev.sluice.runtime.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for a condition, never for a time. */
public final class Await {
    /** Long enough for the slowest machine; a test that passes does not wait this long. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(2).toNanos();

    private Await() {}

    /** Waits until {@code condition} holds. */
    public static void until(String what, Callable<Boolean> condition) {
        value(what, condition, holds -> holds);
    }

    /** Waits until {@code condition} holds, which may take longer than usual. */
    public static void until(String what, Duration patience, Callable<Boolean> condition) {
        value(what, patience, condition, holds -> holds);
    }

    /** Waits until {@code value} is {@code expected}; the failure tells what it was last. */
    public static <T> void equal(String what, T expected, Callable<T> value) {
        value(what + " to be " + expected, value, expected::equals);
    }

    /** Waits until a value is as {@code wanted}, and returns it. */
    public static <T> T value(String what, Callable<T> value, Predicate<T> wanted) {
        return value(what, PATIENCE, value, wanted);
    }

    private static <T> T value(String what, Duration patience, Callable<T> value, Predicate<T> wanted) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            T now;
            try {
                now = value.call();
            } catch (Exception e) {
                throw new AssertionError("while waiting for " + what, e);
            }
            if (wanted.test(now)) {
                return now;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + patience.toSeconds() + " s for " + what + "; it was " + now);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
