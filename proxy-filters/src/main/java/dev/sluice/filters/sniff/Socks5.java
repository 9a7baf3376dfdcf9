package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * SOCKS 5 (RFC 1928 section 3): version, and as many methods of authentication as the second byte says. Certain if one of the three methods is
 * offered that are in use, and none that cannot be offered.
 */
final class Socks5 {
    private static final int VERSION = 5;
    private static final int HEADER = 2;
    /** After none and GSSAPI. */
    private static final int USERNAME_PASSWORD = 2;
    private static final int NO_ACCEPTABLE_METHOD = 0xff;

    private Socks5() {}

    /** A {@link Detector}. */
    static Detector.Answer examine(BorrowedBytes bytes) {
        int known = bytes.length();
        if ((known > 0 && bytes.get(0) != VERSION) || (known > 1 && bytes.get(1) == 0)) {
            return Detector.Answer.NOT_POSSIBLE;
        }
        if (known < HEADER) {
            return Detector.Answer.NEED_MORE;
        }
        int end = HEADER + bytes.getUnsigned(1);
        boolean usual = false;
        for (int i = HEADER; i < Math.min(end, known); i++) {
            int method = bytes.getUnsigned(i);
            if (method == NO_ACCEPTABLE_METHOD) {
                return Detector.Answer.NOT_POSSIBLE;
            }
            usual |= method <= USERNAME_PASSWORD;
        }
        if (known < end) {
            return Detector.Answer.NEED_MORE;
        }
        return usual ? Detector.Answer.MATCH : Detector.Answer.NOT_POSSIBLE;
    }
}
