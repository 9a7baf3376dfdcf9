package dev.sluice.runtime.selection;

/** The defect of a text that is no expression. The message has the place, what is wrong there, and what is allowed. */
public final class SelectionException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param position of the defect, from 1 */
    SelectionException(int position, String message) {
        super("at position " + position + ": " + message);
    }
}
