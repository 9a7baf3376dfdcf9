package dev.sluice.filters.faults;

/**
 * Numbers that look random and depend on their arguments alone, by the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014).
 */
final class Draws {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private Draws() {}

    /** The draw of a seed, a stream of draws and an index in it. */
    static long of(long seed, long stream, long index) {
        return mix(mix(mix(seed + GOLDEN) + stream * GOLDEN) + index * GOLDEN);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** A draw as a number from 0 to less than 1. */
    static double unit(long draw) {
        return (draw >>> 11) * 0x1.0p-53;
    }
}
