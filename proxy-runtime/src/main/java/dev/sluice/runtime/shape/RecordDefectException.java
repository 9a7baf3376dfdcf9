package dev.sluice.runtime.shape;

/**
 * A defect of a plugin's record, to which no configuration can be bound. The message names the record and the defect,
 * which users cannot correct.
 */
public final class RecordDefectException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message a sentence that names the record */
    public RecordDefectException(String message) {
        super(message);
    }

    /** The defect, in words. */
    public String what() {
        return String.valueOf(getMessage());
    }
}
