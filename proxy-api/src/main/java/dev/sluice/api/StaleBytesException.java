package dev.sluice.api;

/** {@link BorrowedBytes} were used after the callback they were lent for, or from another thread. The message names filter, position and callback. */
public final class StaleBytesException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** @param message which filter, its position in the chain, the callback, and what to do instead */
    public StaleBytesException(String message) {
        super(message);
    }
}
