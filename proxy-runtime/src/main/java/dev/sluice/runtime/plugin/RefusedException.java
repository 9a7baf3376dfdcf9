package dev.sluice.runtime.plugin;

/** A plugin cannot be used. The message is what follows its name in a sentence: {@code "needs Sluice API 0.3.0, this is 0.1.0: …"}. */
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
