package dev.sluice.runtime.plugin;

/**
 * The refusal of a plugin. The message is the predicate of a sentence about it:
 * {@code "needs Sluice API 0.3.0, this is 0.1.0: …"}.
 */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String predicate) {
        super(predicate);
    }

    RefusedException(String predicate, Throwable cause) {
        super(predicate, cause);
    }

    String predicate() {
        return String.valueOf(getMessage());
    }
}
