package dev.sluice.runtime.json;

import org.jspecify.annotations.Nullable;

/**
 * A writer of JSON (RFC 8259) that appends to a {@link StringBuilder}, for the access log and the admin responses.
 *
 * <p>The text is always one line and safe to show on a terminal: control and format characters, line separators and the
 * like are written as {@code \}{@code uXXXX}, and half a surrogate pair, which strict readers refuse, as U+FFFD. The
 * caller balances begin and end. One thread.
 */
public final class JsonWriter {
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out;
    private boolean comma;

    /** A writer that starts a new value at the end of {@code out}. */
    public JsonWriter(StringBuilder out) {
        this.out = out;
    }

    /** Starts an object. */
    public JsonWriter beginObject() {
        return begin('{');
    }

    /** Ends the object. */
    public JsonWriter endObject() {
        return end('}');
    }

    /** Starts an array. */
    public JsonWriter beginArray() {
        return begin('[');
    }

    /** Ends the array. */
    public JsonWriter endArray() {
        return end(']');
    }

    /** The name of the next member. */
    public JsonWriter name(String name) {
        separate();
        quote(name);
        out.append(':');
        comma = false;
        return this;
    }

    /** A string, or null. */
    public JsonWriter value(@Nullable String value) {
        separate();
        if (value == null) {
            out.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    /** An integer. */
    public JsonWriter value(long value) {
        separate();
        out.append(value);
        return this;
    }

    /** A truth value. */
    public JsonWriter value(boolean value) {
        separate();
        out.append(value);
        return this;
    }

    /** A number; infinities and NaN become null, because JSON cannot express them. */
    public JsonWriter value(double value) {
        separate();
        if (Double.isFinite(value)) {
            out.append(value);
        } else {
            out.append("null");
        }
        return this;
    }

    /** A time given in nanoseconds, written in milliseconds with three decimals. */
    public JsonWriter millis(long nanos) {
        separate();
        appendMillis(out, nanos);
        return this;
    }

    /** Appends nanoseconds as milliseconds with three decimals; negative time counts as none. */
    public static void appendMillis(StringBuilder out, long nanos) {
        long micros = Math.max(0, nanos) / 1_000;
        long fraction = micros % 1_000;
        out.append(micros / 1_000).append('.');
        out.append((char) ('0' + fraction / 100)).append((char) ('0' + fraction / 10 % 10))
                .append((char) ('0' + fraction % 10));
    }

    private JsonWriter begin(char bracket) {
        separate();
        out.append(bracket);
        comma = false;
        return this;
    }

    private JsonWriter end(char bracket) {
        out.append(bracket);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            out.append(',');
        }
        comma = true;
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                out.append(c);
            } else {
                int codePoint = text.codePointAt(i);
                i += Character.charCount(codePoint) - 1;
                quoteUnusual(codePoint);
            }
        }
        out.append('"');
    }

    private void quoteUnusual(int codePoint) {
        switch (Character.getType(codePoint)) {
            case Character.SURROGATE -> escape('\ufffd');
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> {
                for (char unit : Character.toChars(codePoint)) {
                    escape(unit);
                }
            }
            default -> out.appendCodePoint(codePoint);
        }
    }

    private void escape(char unit) {
        switch (unit) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(HEX.charAt(unit >> shift & 0xf));
                }
            }
        }
    }
}
