package dev.sluice.runtime;

/**
 * The refusal of a reload although the configuration is valid: by the operating system, because of a key that cannot
 * change while the process runs, or because the server is ending. Nothing has changed. The message says what to do.
 */
public final class ReloadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ReloadException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
