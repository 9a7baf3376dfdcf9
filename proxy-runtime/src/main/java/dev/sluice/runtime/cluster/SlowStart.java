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

    /** Whether a share takes the turn with this number: of consecutive turns, that part, evenly spread. */
    static boolean takes(double share, long turn) {
        return share >= 1 || Mix.fraction(turn * GOLDEN) < share;
    }
}
