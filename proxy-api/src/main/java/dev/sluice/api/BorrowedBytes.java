package dev.sluice.api;

/**
 * Bytes of a connection, lent to a filter for one callback. Index 0 is the first byte that this filter has not
 * forwarded in earlier callbacks; indices do not move while the callback lasts, also when bytes are forwarded. Numbers
 * are big-endian, as on the network.
 *
 * <p>Every access is checked. An index outside of {@link #length} throws {@link IndexOutOfBoundsException}. Use after
 * the callback or from another thread throws {@link StaleBytesException}, which names the filter.
 *
 * <p>Bytes that the filter has not forwarded when the callback returns are held for it and shown again with those that
 * follow. That is the whole protocol: <em>count what may pass</em>.
 */
public interface BorrowedBytes {
    /** {@return the number of bytes shown} */
    int length();

    /**
     * Reads the byte at an index.
     *
     * @param index 0 to {@link #length} - 1
     * @return the byte, signed as in Java
     */
    byte get(int index);

    /**
     * Reads the byte at an index as a number from 0 to 255.
     *
     * @param index 0 to {@link #length} - 1
     * @return 0 to 255
     */
    default int getUnsigned(int index) {
        return get(index) & 0xff;
    }

    /**
     * Reads two bytes, big-endian.
     *
     * @param index of the first one
     * @return 0 to 65535
     */
    int getUnsignedShort(int index);

    /**
     * Reads four bytes, big-endian.
     *
     * @param index of the first one
     * @return the number, signed
     */
    int getInt(int index);

    /**
     * Reads eight bytes, big-endian.
     *
     * @param index of the first one
     * @return the number, signed
     */
    long getLong(int index);

    /**
     * Searches for a byte.
     *
     * @param value the byte
     * @param from the first index to look at
     * @param to the index behind the last one to look at, at most {@link #length}
     * @return the first index of the byte; -1 if it is not there
     */
    int indexOf(byte value, int from, int to);

    /**
     * Compares the first bytes.
     *
     * @param prefix the bytes to expect
     * @return whether these are the first bytes. Also false while fewer bytes have arrived than the prefix has: look at
     *     {@link #length}
     */
    boolean startsWith(byte[] prefix);

    /**
     * Copies bytes out.
     *
     * @param from the index of the first one
     * @param target the array to copy to
     * @param offset the place of the first one in {@code target}
     * @param length the number of bytes
     */
    void copyTo(int from, byte[] target, int offset, int length);

    /** {@return whether no more bytes will follow: true only in the last call of a direction, after FIN} */
    boolean endOfStream();

    /**
     * {@return the number of bytes that this callback has forwarded or, with {@link TransformBytes}, dropped so far}
     */
    int forwarded();

    /**
     * Lets bytes pass to the next filter.
     *
     * @param count the number of bytes, from the first one not yet forwarded
     * @throws IndexOutOfBoundsException if fewer are left, or it is negative
     */
    void forward(int count);

    /** Lets all bytes pass that have not been forwarded yet. */
    default void forwardAll() {
        forward(length() - forwarded());
    }

    /**
     * Asks for the next call only when that many unforwarded bytes have arrived, or the hold expires. Valid for the
     * next call only. A number beyond {@link FilterTraits#maxHeldBytes} leads to {@link HoldExpiry#FULL}.
     *
     * @param total the number of bytes, including those shown now
     */
    void needAtLeast(int total);
}
