package dev.sluice.api;

/**
 * Bytes of a connection, lent for one callback. Index 0 is the first byte that this filter has not forwarded in earlier callbacks; indices do not
 * move while the callback lasts. Numbers are big-endian, as on the network. Every access is checked: beyond {@link #length} it throws
 * {@link IndexOutOfBoundsException}, and after the callback or from another thread {@link StaleBytesException}, which names the filter.
 *
 * <p>What the filter has not forwarded when the callback returns is held for it. That is the whole protocol: <em>count what may pass</em>.
 */
public interface BorrowedBytes {
    /** How many bytes there are to see. */
    int length();

    /** The byte at an index. */
    byte get(int index);

    /** The byte at an index, 0 to 255. */
    default int getUnsigned(int index) {
        return get(index) & 0xff;
    }

    /** The two bytes at an index, 0 to 65535. */
    int getUnsignedShort(int index);

    /** The four bytes at an index. */
    int getInt(int index);

    /** The eight bytes at an index. */
    long getLong(int index);

    /** Where a byte first is in {@code [from, to)}; -1 if it is not. */
    int indexOf(byte value, int from, int to);

    /** Whether these are the first bytes. False also if there are not so many yet: look at {@link #length}. */
    boolean startsWith(byte[] prefix);

    /** Copies bytes out. */
    void copyTo(int from, byte[] target, int offset, int length);

    /** Whether this is all there will be: true only in the last call of a direction, after FIN. */
    boolean endOfStream();

    /** How many bytes this callback has forwarded, or, of {@link TransformBytes}, dropped so far. */
    int forwarded();

    /** Lets the next {@code count} bytes pass. @throws IndexOutOfBoundsException if there are not so many left, or it is negative */
    void forward(int count);

    /** Lets everything pass. */
    default void forwardAll() {
        forward(length() - forwarded());
    }

    /**
     * Do not call again before so many unforwarded bytes are there (or the hold expires). Holds for the next call only; more than the filter may
     * hold is answered with {@link HoldExpiry#FULL}.
     */
    void needAtLeast(int total);
}
