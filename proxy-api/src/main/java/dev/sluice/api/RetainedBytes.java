package dev.sluice.api;

/** A counted copy of bytes; see {@link ConnectionContext#retain}. On the connection's event loop. */
@Incubating
public interface RetainedBytes extends AutoCloseable {
    /** How many there are. */
    int length();

    /**
     * The byte at an index.
     *
     * @throws IllegalStateException after {@link #close} or the end of the connection
     */
    byte get(int index);

    /**
     * Copies bytes out.
     *
     * @throws IllegalStateException after {@link #close} or the end of the connection
     */
    void copyTo(int from, byte[] target, int offset, int length);

    /** Gives the bytes up. Idempotent. */
    @Override
    void close();
}
