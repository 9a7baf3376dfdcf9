package dev.sluice.api;

/**
 * Bytes lent to a {@link TransformFilter}, which may also drop them and emit others. Forwarded and emitted bytes leave
 * in the order of the calls. The output of one callback is limited, see {@link #emitCapacity}; a filter that reaches
 * the limit leaves the rest unforwarded. A filter that has emitted and leaves bytes is called again as soon as there is
 * room, also without new bytes.
 *
 * <p>At the end of the stream there is a last {@code onData}, with {@link #endOfStream} and all held bytes, possibly
 * none, so that the filter may emit something behind the last byte. Bytes that it leaves go to {@code onHoldExpired}.
 * A filter may hold back FIN there: after {@link DataAction#SUSPEND} it is called once more in the same way.
 * In both calls, at least {@code memory.readBuffer} less the bytes held downstream can be emitted.
 */
@Incubating
public interface TransformBytes extends BorrowedBytes {
    /**
     * Removes bytes from the stream.
     *
     * @param count the number of bytes, from the first one not yet forwarded or dropped
     * @throws IndexOutOfBoundsException if fewer are left, or it is negative
     */
    void drop(int count);

    /** {@return the number of bytes that can still be forwarded or emitted in this callback} */
    int emitCapacity();

    /**
     * Puts bytes into the stream, at the current place.
     *
     * @param source the array that has the bytes; copied
     * @param offset the place of the first one
     * @param length the number of bytes
     * @throws IllegalStateException beyond {@link #emitCapacity}
     */
    void emit(byte[] source, int offset, int length);
}
