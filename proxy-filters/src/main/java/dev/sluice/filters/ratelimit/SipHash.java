package dev.sluice.filters.ratelimit;

import java.security.SecureRandom;

/**
 * SipHash-2-4 of two words under a random key: without the key, nobody can choose inputs that collide. Immutable; any
 * thread.
 *
 * @see <a href="https://doi.org/10.1007/978-3-642-34931-7_28">Aumasson, Bernstein: SipHash: a fast short-input PRF,
 *     INDOCRYPT 2012</a>
 */
final class SipHash {
    private static final long V0 = 0x736f6d6570736575L;
    private static final long V1 = 0x646f72616e646f6dL;
    private static final long V2 = 0x6c7967656e657261L;
    private static final long V3 = 0x7465646279746573L;
    /** The last block: the length of the input, 16 bytes, in its highest byte. */
    private static final long LENGTH = 16L << 56;

    private final long key0;
    private final long key1;

    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    static SipHash withRandomKey() {
        SecureRandom random = new SecureRandom();
        return new SipHash(random.nextLong(), random.nextLong());
    }

    /** {@return the hash of 16 bytes: two words in little-endian order} */
    long hash(long first, long second) {
        long v0 = key0 ^ V0;
        long v1 = key1 ^ V1;
        long v2 = key0 ^ V2;
        long v3 = key1 ^ V3;
        long block = first;
        // Two rounds for each of three blocks, and four to finish.
        for (int round = 0; round < 10; round++) {
            boolean begins = round % 2 == 0 && round < 6;
            if (begins) {
                v3 ^= block;
            }
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            if (round < 6 && !begins) {
                v0 ^= block;
                block = round == 1 ? second : LENGTH;
                v2 ^= round == 5 ? 0xff : 0;
            }
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
