package dev.sluice.runtime.observe;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.fail;

/** Waits for something that happens on another thread. */
public final class TestingConditions {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private TestingConditions() {}

    /** Returns as soon as the condition holds; fails the test if it does not within 20 s. */
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                fail("still not true after " + PATIENCE.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Whether a thread whose name starts like this is alive. */
    public static boolean threadAlive(String namePrefix) {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().startsWith(namePrefix));
    }
}
