package dev.sluice.examples.soak;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bytes of a stream, each of which follows from the seed of the stream and from its own position. So a byte that is lost, doubled, moved or of
 * another stream is seen where it arrives, and nothing has to be kept for that.
 *
 * <p>Eight bytes at a time are the output of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
 */
final class Content {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final long seed;

    Content(long seed) {
        this.seed = seed;
    }

    /** A number in which every bit of {@code z} matters everywhere. */
    static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    /** Writes the bytes from this position of the stream to the start of the array. */
    void fill(byte[] target, int length, long position) {
        int i = 0;
        for (; i < length && ((position + i) & 7) != 0; i++) {
            target[i] = at(position + i);
        }
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            WORDS.set(target, i, word((position + i) >>> 3));
        }
        for (; i < length; i++) {
            target[i] = at(position + i);
        }
    }

    /** {@return the index of the first byte that is not that of the stream; -1 if there is none} */
    int difference(byte[] received, int length, long position) {
        int i = 0;
        for (; i < length && ((position + i) & 7) != 0; i++) {
            if (received[i] != at(position + i)) {
                return i;
            }
        }
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            long other = (long) WORDS.get(received, i) ^ word((position + i) >>> 3);
            if (other != 0) {
                return i + (Long.numberOfTrailingZeros(other) >>> 3);
            }
        }
        for (; i < length; i++) {
            if (received[i] != at(position + i)) {
                return i;
            }
        }
        return -1;
    }

    private byte at(long position) {
        return (byte) (word(position >>> 3) >>> ((position & 7) << 3));
    }

    private long word(long index) {
        return mix(seed + index * GOLDEN);
    }
}
