package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * MQTT 3.1, 3.1.1 and 5: a CONNECT packet with its length, the name of the protocol and its level. Bridges set the
 * highest bit of the level.
 */
final class Mqtt {
    private static final int CONNECT = 0x10;
    private static final int MAX_LENGTH_BYTES = 4;
    private static final int LENGTH_BITS = 7;
    private static final int MORE = 0x80;
    /** Name, level, flags, keep-alive, and the length of the client id. */
    private static final int MIN_REMAINING = 6 + 1 + 1 + 2 + 2;
    private static final Prefixes NAMES = Prefixes.of("\0\4MQTT\4", "\0\4MQTT\5", "\0\4MQTT\204",
            "\0\4MQTT\205", "\0\6MQIsdp\3", "\0\6MQIsdp\203");

    private Mqtt() {}

    /** A {@link Detector}. */
    static Detector.Answer examine(BorrowedBytes bytes) {
        int known = bytes.length();
        if (known > 0 && bytes.get(0) != CONNECT) {
            return Detector.Answer.NOT_POSSIBLE;
        }
        int remaining = 0;
        for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
            if (1 + i >= known) {
                return Detector.Answer.NEED_MORE;
            }
            int b = bytes.getUnsigned(1 + i);
            remaining |= (b & ~MORE) << (LENGTH_BITS * i);
            if (b < MORE) {
                return remaining < MIN_REMAINING ? Detector.Answer.NOT_POSSIBLE : NAMES.examine(bytes, 2 + i);
            }
        }
        return Detector.Answer.NOT_POSSIBLE;
    }
}
