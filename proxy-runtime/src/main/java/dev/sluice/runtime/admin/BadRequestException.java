package dev.sluice.runtime.admin;

/** The request cannot be understood; the message is for the person who sent it. */
final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadRequestException(String message) {
        super(message, null, false, false);
    }
}
