package dev.sluice.runtime.chain;

import org.jspecify.annotations.Nullable;

/**
 * A safe copy of a plugin's exception. A logger that reads the message of the original runs code of the plugin, which
 * may throw again, and then on an event loop.
 */
public final class FilterException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MOST_CAUSES = 5;
    private static final int LONGEST = 1000;

    private FilterException(String message, @Nullable FilterException cause, StackTraceElement[] stack) {
        super(message, cause, false, true);
        setStackTrace(stack);
    }

    /** Copies an exception and its causes; never throws. */
    public static FilterException of(Throwable thrown) {
        return of(thrown, MOST_CAUSES);
    }

    private static FilterException of(Throwable thrown, int causes) {
        String name = thrown.getClass().getName();
        try {
            String message = thrown.getMessage();
            Throwable cause = causes == 0 ? null : thrown.getCause();
            return new FilterException(message == null ? name : name + ": " + cut(message),
                    cause == null ? null : of(cause, causes - 1), thrown.getStackTrace());
        } catch (Throwable again) {
            return new FilterException(
                    name + " (its message cannot be shown: getMessage throws " + again.getClass().getName()
                            + ")",
                    null, new StackTraceElement[0]);
        }
    }

    /** Cuts a text to a length that is fit for a log. */
    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
