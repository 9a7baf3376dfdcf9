package dev.sluice.filters.sniff;

import java.nio.charset.StandardCharsets;

import dev.sluice.api.BorrowedBytes;

/** Protocols whose first bytes are always the same. */
final class Prefixes implements Detector {
    private final byte[][] prefixes;

    private Prefixes(byte[]... prefixes) {
        this.prefixes = prefixes;
    }

    /** One of these texts. */
    static Prefixes of(String... texts) {
        byte[][] prefixes = new byte[texts.length][];
        for (int i = 0; i < texts.length; i++) {
            prefixes[i] = texts[i].getBytes(StandardCharsets.ISO_8859_1);
        }
        return new Prefixes(prefixes);
    }

    @Override
    public Answer examine(BorrowedBytes bytes) {
        return examine(bytes, 0);
    }

    /** {@return whether one of them is at an index, which is not beyond the last byte} */
    Answer examine(BorrowedBytes bytes, int from) {
        Answer answer = Answer.NOT_POSSIBLE;
        int known = bytes.length() - from;
        for (byte[] prefix : prefixes) {
            int same = 0;
            while (same < Math.min(prefix.length, known) && bytes.get(from + same) == prefix[same]) {
                same++;
            }
            if (same == prefix.length) {
                return Answer.MATCH;
            }
            if (same == known) {
                answer = Answer.NEED_MORE;
            }
        }
        return answer;
    }
}
