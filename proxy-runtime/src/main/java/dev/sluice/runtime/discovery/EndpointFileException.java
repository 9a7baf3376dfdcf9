package dev.sluice.runtime.discovery;

/** The refusal of a file with endpoints. The message has the places of the problems. */
public final class EndpointFileException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message the problems, each with file, line and column */
    public EndpointFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
