package dev.sluice.runtime.admin;

/** A malformed request; the message is for its sender. */
final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadRequestException(String message) {
        super(message, null, false, false);
    }
}
