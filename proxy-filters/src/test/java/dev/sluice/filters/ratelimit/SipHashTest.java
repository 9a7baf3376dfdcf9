package dev.sluice.filters.ratelimit;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SipHashTest {
    /** The reference vector of SipHash-2-4 for 16 bytes: key 00 01 … 0f, input 00 01 … 0f. */
    @Test
    void referenceVector() {
        SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertEquals(0x3f2acc7f57c29bdbL, hash.hash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L));
    }
}
