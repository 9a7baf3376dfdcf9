package dev.sluice.runtime.plugin;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.FileSystemException;

import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/** Makes texts of plugins, files and the JVM fit to stand in a sentence: one line, no control characters, and an end. */
final class Sentences {
    private static final int LIMIT = 300;

    private Sentences() {}

    /** In one line that cannot move a cursor, cut when nobody would read on. */
    static String plain(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(LIMIT).forEach(c -> out.appendCodePoint(Printable.isPrintable(c) ? c : '?'));
        return text.codePointCount(0, text.length()) > LIMIT ? out + "…" : out.toString();
    }

    /** What the system said of a file, without the path that the sentence has already. */
    static String reason(FileSystemException e) {
        String reason = e.getReason();
        return plain(reason == null ? e.getClass().getSimpleName() : reason);
    }

    /** Why code of a plugin could not be run, as the end of a sentence about that plugin. */
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
        // The JVM uses the same error for a class whose initializer has failed before, and says so in words, with blanks.
        boolean missing = cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException;
        return missing && !message(cause).contains(" ") ? message(cause).replace('/', '.') : null;
    }

    private static String text(Throwable cause) {
        String message = message(cause);
        return cause.getClass().getName() + (message.isEmpty() ? "" : ": " + message) + place(cause);
    }

    /** A log of its own for whole stacks would be read by nobody; the first line tells the author of the plugin where to look. */
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

    /** Exceptions of plugins are code of plugins. */
    private static String message(Throwable cause) {
        try {
            String message = cause.getMessage();
            return message == null ? "" : plain(message);
        } catch (RuntimeException | Error e) {
            return "(its message fails, too)";
        }
    }
}
