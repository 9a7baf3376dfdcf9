package dev.sluice.runtime.health;

import java.nio.charset.StandardCharsets;

/** The status line of an HTTP/1 answer (RFC 9112, section 4), of which only the status is of interest. Pure. */
final class StatusLine {
    /** The bytes may be the beginning of a status line, which is not complete. */
    static final int INCOMPLETE = -1;
    /** The bytes begin no status line. */
    static final int NONE = -2;

    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    /** Places behind the version and its last digit. */
    private static final int SPACE = 8;
    private static final int STATUS = 9;
    private static final int END = 12;

    private StatusLine() {}

    /** The status, which is final once it is followed by another character; or one of the negative values. */
    static int parse(byte[] bytes, int length) {
        for (int i = 0; i < Math.min(length, END + 1); i++) {
            if (!fits(i, bytes[i])) {
                return NONE;
            }
        }
        if (length <= END) {
            return INCOMPLETE;
        }
        int status = 0;
        for (int i = STATUS; i < END; i++) {
            status = 10 * status + bytes[i] - '0';
        }
        return status;
    }

    private static boolean fits(int place, byte value) {
        if (place < VERSION.length) {
            return value == VERSION[place];
        }
        return switch (place) {
            case SPACE -> value == ' ';
            case STATUS -> value >= '1' && value <= '9';
            // The reason may be absent, and then the space before it often is, too.
            case END -> value == ' ' || value == '\r' || value == '\n';
            default -> value >= '0' && value <= '9';
        };
    }
}
