package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * SOCKS 4 and 4a: version, command, port, address, user id and NUL; with an address of {@code 0.0.0.x} also a host name
 * and NUL.
 */
final class Socks4 {
    private static final int VERSION = 4;
    private static final int CONNECT = 1;
    private static final int BIND = 2;
    private static final int ADDRESS = 4;
    private static final int HEADER = 8;
    private static final int MAX_TEXT = 255;

    private Socks4() {}

    /** A {@link Detector}. */
    static Detector.Answer examine(BorrowedBytes bytes) {
        int known = bytes.length();
        if ((known > 0 && bytes.get(0) != VERSION)
                || (known > 1 && bytes.get(1) != CONNECT && bytes.get(1) != BIND)) {
            return Detector.Answer.NOT_POSSIBLE;
        }
        if (known < HEADER) {
            return Detector.Answer.NEED_MORE;
        }
        int end = textEnd(bytes, HEADER);
        int address = bytes.getInt(ADDRESS);
        if (end < known && address > 0 && address <= 0xff && bytes.get(end) == 0) {
            end = textEnd(bytes, end + 1);
        }
        if (end == known) {
            return Detector.Answer.NEED_MORE;
        }
        return bytes.get(end) == 0 ? Detector.Answer.MATCH : Detector.Answer.NOT_POSSIBLE;
    }

    /**
     * {@return the index of the first byte that does not belong to a text, or is one too many; the length if there is
     * none yet}
     */
    private static int textEnd(BorrowedBytes bytes, int from) {
        int end = from;
        while (end < bytes.length() && end < from + MAX_TEXT && Ascii.isVisible(bytes.getUnsigned(end))) {
            end++;
        }
        return end;
    }
}
