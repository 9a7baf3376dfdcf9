package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * RDP: an X.224 Connection Request of class 0 in a TPKT packet, whose two lengths agree, and behind it nothing, a cookie, a routing token or a
 * negotiation request ([MS-RDPBCGR] section 2.2.1.1). Other protocols over X.224 (S7) have parameters there.
 */
final class Rdp {
    private static final Prefixes TPKT = Prefixes.of("\3\0");
    private static final int HEADER = 11;
    /** What stands before the length indicator, and it itself. */
    private static final int BEFORE_REQUEST = 5;
    private static final int CONNECTION_REQUEST = 0xe0;
    private static final int NEGOTIATION_REQUEST = 1;

    private Rdp() {}

    /** A {@link Detector}. */
    static Detector.Answer examine(BorrowedBytes bytes) {
        int known = bytes.length();
        if (TPKT.examine(bytes) == Detector.Answer.NOT_POSSIBLE) {
            return Detector.Answer.NOT_POSSIBLE;
        }
        if (known < HEADER) {
            return Detector.Answer.NEED_MORE;
        }
        int length = bytes.getUnsignedShort(2);
        if (length < HEADER || length != bytes.getUnsigned(4) + BEFORE_REQUEST
                || bytes.getUnsigned(5) != CONNECTION_REQUEST
                || bytes.getUnsignedShort(6) != 0
                || bytes.get(10) != 0) {
            return Detector.Answer.NOT_POSSIBLE;
        }
        if (length == HEADER) {
            return Detector.Answer.MATCH;
        }
        if (known == HEADER) {
            return Detector.Answer.NEED_MORE;
        }
        int next = bytes.getUnsigned(HEADER);
        return next == NEGOTIATION_REQUEST || Ascii.isVisible(next)
                ? Detector.Answer.MATCH
                : Detector.Answer.NOT_POSSIBLE;
    }
}
