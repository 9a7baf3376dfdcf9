package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * Redis: a command as an array of RESP, {@code *2\r\n$3\r\n…}. Commands typed as lines of text could be any protocol,
 * and are not recognised.
 */
final class Redis {
    private static final Prefixes FIRST_PART = Prefixes.of("\r\n$");
    /** A server takes no command of more than 2^20 parts. */
    private static final int MAX_DIGITS = 7;

    private Redis() {}

    /** A {@link Detector}. */
    static Detector.Answer examine(BorrowedBytes bytes) {
        int known = bytes.length();
        if (known > 0 && bytes.get(0) != '*') {
            return Detector.Answer.NOT_POSSIBLE;
        }
        int at = 1;
        while (at < known && at <= MAX_DIGITS && Ascii.isDigit(bytes.getUnsigned(at))) {
            at++;
        }
        if (at >= known) {
            return Detector.Answer.NEED_MORE;
        }
        if (at == 1 || bytes.get(1) == '0') {
            return Detector.Answer.NOT_POSSIBLE;
        }
        return FIRST_PART.examine(bytes, at);
    }
}
