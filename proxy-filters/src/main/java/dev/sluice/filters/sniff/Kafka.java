package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * Kafka, of clients that begin with an ApiVersions request, as all do since 0.10: size, key 18, version, correlation id
 * and client id. Nothing in other requests is certain.
 */
final class Kafka {
    private static final int SIZE_FIELD = 4;
    /** Key, version, correlation id, and the length of the client id. */
    private static final int HEADER = 2 + 2 + 4 + 2;
    private static final int API_VERSIONS = 18;
    /** Some more than there are, so that next year's clients are known. */
    private static final int MAX_VERSION = 15;
    /** From this version on there is something behind the client id. */
    private static final int FIRST_WITH_BODY = 3;
    private static final int NO_CLIENT_ID = 0xffff;

    private Kafka() {}

    /** A {@link Detector}. */
    static Detector.Answer examine(BorrowedBytes bytes) {
        int known = bytes.length();
        // Sizes of 64 KiB and more are none of this request.
        for (int i = 0; i < Math.min(known, 2); i++) {
            if (bytes.get(i) != 0) {
                return Detector.Answer.NOT_POSSIBLE;
            }
        }
        if (known < SIZE_FIELD + 4) {
            return Detector.Answer.NEED_MORE;
        }
        int version = bytes.getUnsignedShort(SIZE_FIELD + 2);
        if (bytes.getUnsignedShort(SIZE_FIELD) != API_VERSIONS || version > MAX_VERSION) {
            return Detector.Answer.NOT_POSSIBLE;
        }
        if (known < SIZE_FIELD + HEADER) {
            return Detector.Answer.NEED_MORE;
        }
        int clientId = bytes.getUnsignedShort(SIZE_FIELD + HEADER - 2);
        int rest = bytes.getInt(0) - HEADER - (clientId == NO_CLIENT_ID ? 0 : clientId);
        boolean right = version < FIRST_WITH_BODY ? rest == 0 : rest > 0;
        return right ? Detector.Answer.MATCH : Detector.Answer.NOT_POSSIBLE;
    }
}
