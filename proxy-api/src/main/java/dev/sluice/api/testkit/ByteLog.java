package dev.sluice.api.testkit;

import java.util.Arrays;

/** A growing row of bytes; clearing it keeps the array. */
final class ByteLog {
    private static final int FIRST = 256;

    private byte[] bytes = new byte[FIRST];
    private int length;

    int length() {
        return length;
    }

    void append(byte[] source, int offset, int count) {
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, count)));
        }
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    void append(ByteLog other) {
        append(other.bytes, 0, other.length);
    }

    void clear() {
        length = 0;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    boolean contentEquals(byte[] other) {
        return Arrays.equals(bytes, 0, length, other, 0, other.length);
    }
}
