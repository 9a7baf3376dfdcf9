package dev.sluice.runtime.shape;

/** A plugin's record that no configuration can be read into. The message names the record and the defect; users cannot mend it. */
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
