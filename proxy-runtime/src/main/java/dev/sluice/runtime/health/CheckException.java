package dev.sluice.runtime.health;

/** A check that failed, with the reason in words. */
final class CheckException extends Exception {
    private static final long serialVersionUID = 1;

    private final CheckResult result;

    /** A failure; the stack says nothing that the reason does not, and is left out. */
    CheckException(CheckResult result, String reason) {
        super(reason, null, false, false);
        this.result = result;
    }

    CheckResult result() {
        return result;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
