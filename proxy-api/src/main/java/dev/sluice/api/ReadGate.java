package dev.sluice.api;

/**
 * A bound on the amount and time of reads, implemented by a {@link ConnectionFilter} that sees no bytes. Asked before a
 * buffer is borrowed, so a connection that waits at a gate owns none; its idle time does not count meanwhile. On the
 * connection's event loop; must not block.
 */
public interface ReadGate {
    /** A number of bytes that no read exceeds. */
    int UNLIMITED = Integer.MAX_VALUE;

    /**
     * Returns the number of bytes that may be read from the sender now.
     *
     * @param direction the stream to read
     * @param wanted the most bytes that the read could bring
     * @param nowNanos the time, of {@link FilterEnvironment#nanoTime}
     * @return from 1 to {@code wanted} or more; 0 = the gate is closed, and {@link #retryAtNanos} is asked
     */
    int permits(Direction direction, int wanted, long nowNanos);

    /**
     * Returns the time at which a closed gate should be asked again.
     *
     * @param direction the stream to read
     * @param nowNanos the time, of {@link FilterEnvironment#nanoTime}
     * @return on the same clock; a time not after {@code nowNanos} means soon
     */
    long retryAtNanos(Direction direction, long nowNanos);

    /**
     * Reports bytes that were read: at most the number that all gates permitted.
     *
     * @param direction the stream that was read
     * @param bytes the number of bytes
     * @param nowNanos the time, of {@link FilterEnvironment#nanoTime}
     */
    void consumed(Direction direction, int bytes, long nowNanos);
}
