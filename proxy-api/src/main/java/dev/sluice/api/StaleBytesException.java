package dev.sluice.api;

/**
 * Use of {@link BorrowedBytes} after the callback they were lent for, or from another thread. The message names filter,
 * position and callback.
 */
public final class StaleBytesException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /**
     * Makes an exception.
     *
     * @param message names the filter, its position in the chain, the callback, and the remedy
     */
    public StaleBytesException(String message) {
        super(message);
    }
}
