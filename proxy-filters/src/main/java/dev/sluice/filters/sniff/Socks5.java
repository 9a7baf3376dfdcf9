package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * SOCKS 5 (RFC 1928 section 3): version, and as many methods of authentication as the second byte says. Certain if a
 * method is offered that IANA has assigned or that is reserved for private ones, and no invalid one.
 */
final class Socks5 {
    private static final int VERSION = 5;
    private static final int HEADER = 2;
    /** 0 none, 1 GSSAPI, 2 username and password … 9 JSON parameter block. */
    private static final int LAST_ASSIGNED = 9;
    private static final int FIRST_PRIVATE = 0x80;
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
        boolean defined = false;
        for (int i = HEADER; i < Math.min(end, known); i++) {
            int method = bytes.getUnsigned(i);
            if (method == NO_ACCEPTABLE_METHOD) {
                return Detector.Answer.NOT_POSSIBLE;
            }
            defined |= method <= LAST_ASSIGNED || method >= FIRST_PRIVATE;
        }
        if (known < end) {
            return Detector.Answer.NEED_MORE;
        }
        return defined ? Detector.Answer.MATCH : Detector.Answer.NOT_POSSIBLE;
    }
}
