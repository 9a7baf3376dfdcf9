package dev.sluice.runtime.transport;

/** A descriptor held in reserve, to be closed when the process has none left. Any thread. */
public interface Spare {
    /** Closes the descriptor. Idempotent. */
    void close();
}
