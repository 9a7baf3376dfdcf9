package dev.sluice.runtime;

/** The system refuses what a valid configuration asks for: an address, descriptors. Nothing has been started. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartException(String message) {
        super(message);
    }

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
