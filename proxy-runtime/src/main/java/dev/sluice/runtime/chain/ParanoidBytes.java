package dev.sluice.runtime.chain;

import java.util.Arrays;
import java.util.Objects;

import dev.sluice.api.StaleBytesException;
import dev.sluice.api.TransformBytes;
import org.jspecify.annotations.Nullable;

/**
 * A view for one callback over a copy of the bytes. Both are useless afterwards: a filter that keeps one of them holds
 * zeros. Allocates for every callback; for tests, and to find out which plugin misbehaves.
 */
final class ParanoidBytes implements TransformBytes {
    private final Cursor cursor;
    private byte @Nullable [] copy;

    /** @param cursor with bytes lent */
    ParanoidBytes(Cursor cursor) {
        this.cursor = cursor;
        byte[] bytes = new byte[cursor.length()];
        cursor.copyTo(0, bytes, 0, bytes.length);
        this.copy = bytes;
    }

    void revoke() {
        byte[] current = copy;
        copy = null;
        if (current != null) {
            Arrays.fill(current, (byte) 0);
        }
    }

    private byte[] bytes() {
        byte[] current = copy;
        if (current == null) {
            throw new StaleBytesException(cursor.slot.label()
                    + " used BorrowedBytes of an earlier callback: copy what is needed later, or use ConnectionContext.retain");
        }
        // Checks the thread.
        cursor.length();
        return current;
    }

    @Override
    public int length() {
        return bytes().length;
    }

    @Override
    public byte get(int index) {
        byte[] current = bytes();
        return current[Objects.checkIndex(index, current.length)];
    }

    @Override
    public int getUnsignedShort(int index) {
        return ((get(index) & 0xff) << 8) | (get(index + 1) & 0xff);
    }

    @Override
    public int getInt(int index) {
        return (getUnsignedShort(index) << 16) | getUnsignedShort(index + 2);
    }

    @Override
    public long getLong(int index) {
        return ((long) getInt(index) << 32) | (getInt(index + 4) & 0xffff_ffffL);
    }

    @Override
    public int indexOf(byte value, int from, int to) {
        byte[] current = bytes();
        Objects.checkFromToIndex(from, to, current.length);
        for (int i = from; i < to; i++) {
            if (current[i] == value) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean startsWith(byte[] prefix) {
        byte[] current = bytes();
        return current.length >= prefix.length && Arrays.equals(current, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public void copyTo(int from, byte[] target, int offset, int length) {
        byte[] current = bytes();
        Objects.checkFromIndexSize(from, length, current.length);
        System.arraycopy(current, from, target, offset, length);
    }

    @Override
    public boolean endOfStream() {
        bytes();
        return cursor.endOfStream();
    }

    @Override
    public int forwarded() {
        bytes();
        return cursor.forwarded();
    }

    @Override
    public void forward(int count) {
        bytes();
        cursor.forward(count);
    }

    @Override
    public void needAtLeast(int total) {
        bytes();
        cursor.needAtLeast(total);
    }

    @Override
    public void drop(int count) {
        bytes();
        cursor.drop(count);
    }

    @Override
    public int emitCapacity() {
        bytes();
        return cursor.emitCapacity();
    }

    @Override
    public void emit(byte[] source, int offset, int length) {
        bytes();
        cursor.emit(source, offset, length);
    }
}
