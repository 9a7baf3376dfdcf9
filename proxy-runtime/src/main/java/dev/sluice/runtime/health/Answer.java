package dev.sluice.runtime.health;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The first bytes that an endpoint has sent, in as many pieces as they came. Pure; one thread at a time. */
final class Answer {
    /** The most bytes that are kept and looked at. */
    static final int LIMIT = 4096;

    /** The room for bytes at first, which is enough for most answers. */
    private static final int USUAL = 256;

    private byte[] bytes = new byte[USUAL];
    private int length;
    /** The place before which {@link #contains} need not look again. */
    private int searched;

    /** Adds the bytes of a buffer that there is room for, and ignores the rest. */
    void add(ByteBuffer received) {
        int taken = Math.min(received.remaining(), LIMIT - length);
        if (taken > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, LIMIT);
        }
        received.get(bytes, length, taken);
        length += taken;
    }

    boolean isEmpty() {
        return length == 0;
    }

    boolean isFull() {
        return length == LIMIT;
    }

    /** Whether bytes are in it. Asked with the same bytes each time. */
    boolean contains(Bytes expected) {
        if (expected.indexIn(bytes, searched, length) >= 0) {
            return true;
        }
        searched = Math.max(0, length - expected.length() + 1);
        return false;
    }

    /** The status of an HTTP/1 answer, or one of the negative values of {@link StatusLine}. */
    int status() {
        return StatusLine.parse(bytes, length);
    }

    /** The first bytes in double quotes, printable. */
    @Override
    public String toString() {
        return Bytes.quote(bytes, length);
    }
}
