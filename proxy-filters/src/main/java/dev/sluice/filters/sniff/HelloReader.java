package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * A reader of a ClientHello as one piece, across the borders of its records. All bytes must be there
 * ({@link HelloFrame}). Lengths in the message are never trusted: nothing is read beyond {@link #limit}, which only
 * {@linkplain #narrow narrows} towards the inside of a field.
 */
final class HelloReader {
    private static final int MARK_BITS = 20;
    private static final int MARK_MASK = (1 << MARK_BITS) - 1;

    private final BorrowedBytes bytes;
    /** The place of the next byte. */
    private int position;
    /** The number of bytes left of the current record. */
    private int fragment;
    /** The number of bytes of the message read so far. */
    private int offset;
    private int limit = HelloFrame.MESSAGE_HEADER;

    /** Behind the header of the message. */
    HelloReader(BorrowedBytes bytes) {
        this.bytes = bytes;
        int header = next() << 24 | next() << 16 | next() << 8 | next();
        limit += header & 0xff_ffff;
    }

    int offset() {
        return offset;
    }

    /** The offset behind the last byte of the innermost field. */
    int limit() {
        return limit;
    }

    /** The next byte, 0 to 255, of what was found to be there. */
    int next() {
        if (fragment == 0) {
            enterRecord();
        }
        fragment--;
        offset++;
        return bytes.getUnsigned(position++);
    }

    /** One byte as a number. */
    int u8(String field) throws RefusedHelloException {
        require(1, field);
        return next();
    }

    /** Two bytes as a number. */
    int u16(String field) throws RefusedHelloException {
        require(2, field);
        return (next() << Byte.SIZE) | next();
    }

    void skip(int count, String field) throws RefusedHelloException {
        require(count, field);
        int left = count;
        while (left > 0) {
            if (fragment == 0) {
                enterRecord();
            }
            int step = Math.min(left, fragment);
            position += step;
            fragment -= step;
            left -= step;
        }
        offset += count;
    }

    /**
     * Enters a field of this length.
     *
     * @return the limit outside, for {@link #leave}
     */
    int narrow(int length, String field) throws RefusedHelloException {
        require(length, field);
        int outside = limit;
        limit = offset + length;
        return outside;
    }

    /** Leaves a field, all of which must have been read. */
    void leave(int outside, String field) throws RefusedHelloException {
        if (offset != limit) {
            throw new RefusedHelloException((limit - offset) + " bytes too many in the " + field);
        }
        limit = outside;
    }

    /** The place of the next byte, to {@link #reset} to. */
    long mark() {
        return (long) position << (2 * MARK_BITS) | (long) fragment << MARK_BITS | offset;
    }

    void reset(long mark) {
        offset = (int) mark & MARK_MASK;
        fragment = (int) (mark >>> MARK_BITS) & MARK_MASK;
        position = (int) (mark >>> (2 * MARK_BITS));
    }

    private void enterRecord() {
        fragment = bytes.getUnsignedShort(position + 3);
        position += HelloFrame.RECORD_HEADER;
    }

    private void require(int count, String field) throws RefusedHelloException {
        if (count > limit - offset) {
            throw new RefusedHelloException("it ends within the " + field);
        }
    }
}
