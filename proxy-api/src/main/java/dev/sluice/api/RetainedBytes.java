package dev.sluice.api;

/**
 * A copy of bytes that counts against {@link FilterTraits#maxRetainedBytes}; see {@link ConnectionContext#retain}. On
 * the connection's event loop. Owned by the filter until it is closed, or the connection ends.
 */
@Incubating
public interface RetainedBytes extends AutoCloseable {
    /** {@return the number of bytes} */
    int length();

    /**
     * Reads the byte at an index.
     *
     * @param index 0 to {@link #length} - 1
     * @return the byte
     * @throws IllegalStateException after {@link #close} or the end of the connection
     */
    byte get(int index);

    /**
     * Copies bytes out.
     *
     * @param from the index of the first one
     * @param target the array to copy to
     * @param offset the place of the first one in {@code target}
     * @param length the number of bytes
     * @throws IllegalStateException after {@link #close} or the end of the connection
     */
    void copyTo(int from, byte[] target, int offset, int length);

    /** Releases the bytes. Idempotent. */
    @Override
    void close();
}
