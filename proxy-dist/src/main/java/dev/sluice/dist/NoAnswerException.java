package dev.sluice.dist;

/** The failure to get an answer from an admin interface. The message is for the person at the terminal. */
final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1;

    NoAnswerException(String message) {
        super(message);
    }

    NoAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
