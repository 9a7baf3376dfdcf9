package dev.sluice.runtime.cluster;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers that look random and depend on their input only: equal on every machine and in every release of Java, so that a client keeps its
 * endpoint over an update, and drawn by several threads from one stream, which the generators of {@link java.util.random} do not offer.
 *
 * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014</a>
 */
final class Mix {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Mix() {}

    /** Each bit of the result depends on all bits of {@code z}; a bijection (the output function of SplitMix64). */
    static long mix(long z) {
        long x = z + GOLDEN_GAMMA;
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }

    /** The next number of SplitMix64, drawn from {@code stream} by any thread. */
    static long next(AtomicLong stream) {
        return mix(stream.getAndAdd(GOLDEN_GAMMA));
    }

    /** FNV-1a over the characters, mixed: 32 bits of {@link String#hashCode} would let two endpoints share a permutation. */
    static long hash(String text) {
        long hash = FNV_BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** A number in (0, 1) made of the upper 53 bits. */
    static double fraction(long bits) {
        return ((bits >>> 11) + 0.5) * 0x1p-53;
    }

    /** A number from 0 to {@code bound} - 1, proportional to {@code bits} as an unsigned fraction of 2^64. */
    static int below(int bound, long bits) {
        return (int) Math.unsignedMultiplyHigh(bits, bound);
    }
}
