package dev.sluice.runtime.cluster;

/** The share of an endpoint that has come up: from a tenth, linearly, to the whole. Pure. */
final class SlowStart {
    /** The share at the begin; with less, an endpoint might wait very long for its first connection. */
    static final double LEAST = 0.1;
    /** The golden ratio as a fraction of 2^64; its multiples are spread evenly (Knuth, volume 3, section 6.4). */
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    private SlowStart() {}

    /** The share after a time. */
    static double share(long elapsed, long window) {
        return elapsed >= window ? 1 : Math.max(LEAST, (double) Math.max(0, elapsed) / window);
    }

    /** A number in (0, 1) for each turn; those of consecutive turns are spread evenly. */
    static double turn(long number) {
        return Mix.fraction(number * GOLDEN);
    }
}
