package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * RDP: an X.224 Connection Request of class 0 in a TPKT packet with two equal lengths, and behind it nothing, a cookie,
 * a routing token or a negotiation request ([MS-RDPBCGR] section 2.2.1.1). A routing token may be any bytes that a
 * session broker has given to the client, ended by CR LF. Other protocols over X.224 (S7) have parameters there (ISO
 * 8073 section 13.3.4: code, length, value), so bytes that could be parameters are not taken as a token.
 */
final class Rdp {
    private static final Prefixes TPKT = Prefixes.of("\3\0");
    private static final int HEADER = 11;
    /** The number of bytes up to the length indicator, inclusive. */
    private static final int BEFORE_REQUEST = 5;
    private static final int CONNECTION_REQUEST = 0xe0;
    private static final int NEGOTIATION_REQUEST = 1;
    /** The codes of parameters have the highest bit. */
    private static final int FIRST_PARAMETER = 0x80;
    private static final int PARAMETER_HEADER = 2;

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
        if (next == NEGOTIATION_REQUEST || Ascii.isVisible(next)) {
            return Detector.Answer.MATCH;
        }
        if (known < length) {
            return Detector.Answer.NEED_MORE;
        }
        return isToken(bytes, length) && !areParameters(bytes, length)
                ? Detector.Answer.MATCH
                : Detector.Answer.NOT_POSSIBLE;
    }

    /** {@return whether the bytes contain CR LF, followed by nothing or a negotiation request} */
    private static boolean isToken(BorrowedBytes bytes, int length) {
        for (int lf = bytes.indexOf((byte) '\n', HEADER, length); lf >= 0; lf = bytes.indexOf((byte) '\n', lf + 1,
                length)) {
            boolean last = lf + 1 == length || bytes.getUnsigned(lf + 1) == NEGOTIATION_REQUEST;
            if (last && lf > HEADER && bytes.get(lf - 1) == '\r') {
                return true;
            }
        }
        return false;
    }

    private static boolean areParameters(BorrowedBytes bytes, int length) {
        int at = HEADER;
        while (at + PARAMETER_HEADER <= length && bytes.getUnsigned(at) >= FIRST_PARAMETER) {
            at += PARAMETER_HEADER + bytes.getUnsigned(at + 1);
        }
        return at == length;
    }
}
