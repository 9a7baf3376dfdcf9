package dev.sluice.filters.sniff;

import java.util.Arrays;

import dev.sluice.api.BorrowedBytes;

/** The first bytes of an array, as they are lent to a filter, with a count of those that were read. */
final class TestingBytes implements BorrowedBytes {
    private final byte[] bytes;
    private int length;
    private long reads;

    TestingBytes(byte[] bytes) {
        this.bytes = bytes;
        this.length = bytes.length;
    }

    /** Shows so many of them from now on. */
    TestingBytes first(int count) {
        length = count;
        return this;
    }

    long reads() {
        return reads;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public byte get(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException(index + " of " + length);
        }
        reads++;
        return bytes[index];
    }

    @Override
    public int getUnsignedShort(int index) {
        return getUnsigned(index) << Byte.SIZE | getUnsigned(index + 1);
    }

    @Override
    public int getInt(int index) {
        return getUnsignedShort(index) << Short.SIZE | getUnsignedShort(index + 2);
    }

    @Override
    public long getLong(int index) {
        return (long) getInt(index) << Integer.SIZE | Integer.toUnsignedLong(getInt(index + 4));
    }

    @Override
    public int indexOf(byte value, int from, int to) {
        if (to > length) {
            throw new IndexOutOfBoundsException(to + " of " + length);
        }
        for (int i = from; i < to; i++) {
            if (get(i) == value) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean startsWith(byte[] prefix) {
        reads += prefix.length;
        return length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public void copyTo(int from, byte[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = get(from + i);
        }
    }

    @Override
    public boolean endOfStream() {
        return false;
    }

    @Override
    public int forwarded() {
        return 0;
    }

    @Override
    public void forward(int count) {
        throw new UnsupportedOperationException("a parser forwards nothing");
    }

    @Override
    public void needAtLeast(int total) {
        throw new UnsupportedOperationException("a parser asks for nothing");
    }
}
