package dev.sluice.runtime.testing;

import java.time.Duration;

/**
 * Sizes and bounds of the fault laboratory: small, with room for a busy machine, in every build; those that the page
 * {@code internals/faults.md} promises with {@code -Dsluice.faults=full}, on a machine that does nothing else.
 */
public final class FaultSize {
    private static final boolean FULL = System.getProperty("sluice.faults", "build").equals("full");

    private FaultSize() {}

    /** How many of something there are. */
    public static int of(int build, int full) {
        return FULL ? full : build;
    }

    /** How long something takes. */
    public static Duration of(Duration build, Duration full) {
        return FULL ? full : build;
    }

    /** The promised bound; a build allows seconds more, because other programs share the machine. */
    public static Duration bound(Duration promised) {
        return FULL ? promised : promised.plusSeconds(10);
    }

    /** Whether this is the laboratory at full size. */
    public static boolean isFull() {
        return FULL;
    }

    /** A line for the report of the laboratory: what was measured. */
    public static void report(String row, String figure) {
        System.out.println("FAULT " + row + ": " + figure);
    }
}
