package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

import dev.sluice.runtime.text.FileErrors;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Texts of plugins, files and the JVM, made fit to be part of a sentence: one line, no control characters, bounded
 * length.
 */
final class Sentences {
    private static final int LIMIT = 300;

    private Sentences() {}

    /** The text in one line without control characters, shortened when long. */
    static String plain(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(LIMIT).forEach(c -> out.appendCodePoint(Printable.isPrintable(c) ? c : '?'));
        return text.codePointCount(0, text.length()) > LIMIT ? out + "…" : out.toString();
    }

    /** The reason of a failed file operation, without the path, which the sentence has already. */
    static String reason(IOException e) {
        return plain(FileErrors.reason(e));
    }

    /** The failure of a plugin's code, as the end of a sentence about that plugin. */
    static String failure(Throwable thrown) {
        Throwable cause = unwrap(thrown);
        String missing = missingClass(cause);
        if (missing != null) {
            return "needs the class " + plain(missing) + ", which is in none of its JARs, in Java or in the Sluice API:"
                    + " add the JAR that has it";
        }
        if (cause instanceof UnsupportedClassVersionError) {
            return "cannot run on Java " + Runtime.version().feature() + ": " + message(cause);
        }
        return "fails with " + text(cause);
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof InvocationTargetException || cause instanceof ExceptionInInitializerError)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static @Nullable String missingClass(Throwable cause) {
        if (cause instanceof TypeNotPresentException absent) {
            return absent.typeName();
        }
        // The JVM uses the same error for a class whose initializer has failed before, with a message that has blanks.
        boolean missing = cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException;
        return missing && !message(cause).contains(" ") ? message(cause).replace('/', '.') : null;
    }

    private static String text(Throwable cause) {
        String message = message(cause);
        return cause.getClass().getName() + (message.isEmpty() ? "" : ": " + message) + place(cause);
    }

    /** The place of a failure: the first line of the stack shows the plugin's author where to look. */
    private static String place(Throwable cause) {
        try {
            StackTraceElement[] stack = cause.getStackTrace();
            return stack.length == 0
                    ? ""
                    : plain(", at " + stack[0].getClassName() + "." + stack[0].getMethodName() + "("
                            + stack[0].getFileName() + ":" + stack[0].getLineNumber() + ")");
        } catch (RuntimeException | Error e) {
            return "";
        }
    }

    /** The message of an exception, whose methods may be a plugin's code. */
    private static String message(Throwable cause) {
        try {
            String message = cause.getMessage();
            return message == null ? "" : plain(message);
        } catch (RuntimeException | Error e) {
            return "(its getMessage() failed too)";
        }
    }
}
