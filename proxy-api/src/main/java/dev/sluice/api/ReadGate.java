package dev.sluice.api;

/**
 * Implemented by a {@link ConnectionFilter} that decides how much may be read and when, without seeing bytes. Asked before a buffer is borrowed, so
 * a connection that waits at a gate owns none; its idle time does not count meanwhile. On the connection's event loop; must not block.
 */
public interface ReadGate {
    /** More than any read brings. */
    int UNLIMITED = Integer.MAX_VALUE;

    /**
     * How many bytes may be read from the sender of a direction now.
     *
     * @param wanted what a read could bring
     * @return from 1 to {@code wanted} or more; 0 = the gate is closed, and {@link #retryAtNanos} is asked
     */
    int permits(Direction direction, int wanted, long nowNanos);

    /** When a closed gate should be asked again; a time not after {@code nowNanos} means soon. */
    long retryAtNanos(Direction direction, long nowNanos);

    /** So many bytes were read: at most what all gates permitted. */
    void consumed(Direction direction, int bytes, long nowNanos);
}
