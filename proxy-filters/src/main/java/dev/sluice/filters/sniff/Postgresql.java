package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * The first message of PostgreSQL's protocol 3: StartupMessage, SSLRequest, GSSENCRequest or CancelRequest. All begin
 * with their length, then a version or a code in its place. What TLS says behind an SSLRequest is not seen: the server
 * has to answer first.
 */
final class Postgresql {
    private static final int HEADER = 8;
    private static final int MAJOR_VERSION = 3;
    private static final int CANCEL_REQUEST = 80_877_102;
    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSSENC_REQUEST = 80_877_104;
    /** Two numbers: the shortest, and the longest that a server reads. */
    private static final int MIN_CANCEL = 16;
    private static final int MAX_CANCEL = 12 + 256;
    private static final int MAX_STARTUP = 10_000 + 4;

    private Postgresql() {}

    /** A {@link Detector}. */
    static Detector.Answer examine(BorrowedBytes bytes) {
        int known = bytes.length();
        for (int i = 0; i < Math.min(known, 2); i++) {
            if (bytes.get(i) != 0) {
                return Detector.Answer.NOT_POSSIBLE;
            }
        }
        if (known < HEADER) {
            return Detector.Answer.NEED_MORE;
        }
        int length = bytes.getInt(0);
        int code = bytes.getInt(4);
        return switch (code) {
            case SSL_REQUEST, GSSENC_REQUEST -> certainIf(length == HEADER);
            case CANCEL_REQUEST -> certainIf(length >= MIN_CANCEL && length <= MAX_CANCEL);
            default -> startup(bytes, length, code);
        };
    }

    /**
     * A version alone is also what other protocols of lengths and numbers have there; the name of a parameter is not.
     */
    private static Detector.Answer startup(BorrowedBytes bytes, int length, int version) {
        if (version >>> Short.SIZE != MAJOR_VERSION || length <= HEADER || length > MAX_STARTUP) {
            return Detector.Answer.NOT_POSSIBLE;
        }
        if (bytes.length() == HEADER) {
            return Detector.Answer.NEED_MORE;
        }
        return certainIf(Ascii.isVisible(bytes.getUnsigned(HEADER)));
    }

    private static Detector.Answer certainIf(boolean right) {
        return right ? Detector.Answer.MATCH : Detector.Answer.NOT_POSSIBLE;
    }
}
