package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/** ASCII text in one piece of bytes. */
final class ByteSpelling implements Spelling {
    private final BorrowedBytes bytes;
    private final int from;
    private final int to;
    private final boolean lowerCase;
    private int at;

    private ByteSpelling(BorrowedBytes bytes, int from, int to, boolean lowerCase) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.lowerCase = lowerCase;
        this.at = from;
    }

    /** The bytes in {@code [from, to)} as they are. */
    static ByteSpelling exactly(BorrowedBytes bytes, int from, int to) {
        return new ByteSpelling(bytes, from, to, false);
    }

    /** The bytes in {@code [from, to)}, letters in lower case. */
    static ByteSpelling lowerCase(BorrowedBytes bytes, int from, int to) {
        return new ByteSpelling(bytes, from, to, true);
    }

    @Override
    public void rewind() {
        at = from;
    }

    @Override
    public int next() {
        if (at == to) {
            return END;
        }
        int b = bytes.getUnsigned(at++);
        return lowerCase ? Ascii.toLower(b) : b;
    }
}
