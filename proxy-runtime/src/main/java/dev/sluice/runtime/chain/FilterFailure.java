package dev.sluice.runtime.chain;

import org.jspecify.annotations.Nullable;

/**
 * What a plugin threw, as far as it can be told: a logger that asks the plugin's own exception for its message runs code of the plugin, which may
 * throw again, and then on an event loop.
 */
public final class FilterFailure extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MOST_CAUSES = 5;
    private static final int LONGEST = 1000;

    private FilterFailure(String message, @Nullable FilterFailure cause, StackTraceElement[] stack) {
        super(message, cause, false, true);
        setStackTrace(stack);
    }

    /** A copy of what was thrown, that never throws itself. */
    public static FilterFailure of(Throwable thrown) {
        return of(thrown, MOST_CAUSES);
    }

    private static FilterFailure of(Throwable thrown, int causes) {
        String name = thrown.getClass().getName();
        try {
            String message = thrown.getMessage();
            Throwable cause = causes == 0 ? null : thrown.getCause();
            return new FilterFailure(message == null ? name : name + ": " + cut(message),
                    cause == null ? null : of(cause, causes - 1), thrown.getStackTrace());
        } catch (Throwable again) {
            return new FilterFailure(name + " (whose message cannot be shown: it throws " + again.getClass().getName()
                    + ")", null, new StackTraceElement[0]);
        }
    }

    /** At most as much of a text as one wants to see in a log. */
    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
