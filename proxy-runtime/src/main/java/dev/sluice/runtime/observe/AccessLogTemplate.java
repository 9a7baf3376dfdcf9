package dev.sluice.runtime.observe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * A format of text lines with fields, written as in nginx: {@code $client}, {@code ${client}} where a letter follows,
 * {@code $$} for a dollar sign.
 *
 * <p>A value is always one word of printable ASCII: blanks, quotes, backslashes, control and non-ASCII characters appear as {@code \xHH},
 * one per byte of UTF-8, so a template whose fields stand between blanks or quotes can always be taken apart again. A field without a
 * value is {@code -}. Immutable: any thread.
 */
public final class AccessLogTemplate implements AccessLogFormat {
    /** The template used when the configuration has {@code format: text} without one: all fields between blanks. */
    public static final AccessLogTemplate DEFAULT = allFields();

    private static final String HEX = "0123456789ABCDEF";

    private final String source;
    private final List<AccessLogFormat> parts;

    private AccessLogTemplate(String source, List<AccessLogFormat> parts) {
        this.source = source;
        this.parts = List.copyOf(parts);
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException if it names an unknown field, has a dollar sign without a name, a control
     *     character or no field at all; the message has the place and what is allowed
     */
    public static AccessLogTemplate parse(String template) {
        List<AccessLogFormat> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int fields = 0;
        int i = 0;
        while (i < template.length()) {
            char c = template.charAt(i);
            if (Character.isISOControl(c)) {
                throw refused(i, "has a control character", "a template is one line");
            }
            if (c != '$') {
                literal.append(c);
                i++;
            } else if (template.startsWith("$$", i)) {
                literal.append('$');
                i += 2;
            } else {
                boolean braces = template.startsWith("${", i);
                int start = i + (braces ? 2 : 1);
                int end = start;
                while (end < template.length() && isNameCharacter(template.charAt(end))) {
                    end++;
                }
                if (braces && !template.startsWith("}", end)) {
                    throw refused(i, "has \"${\" without \"}\"", "close the brace, or write the field without braces");
                }
                copy(literal, parts);
                AccessField field = field(template.substring(start, end), i);
                parts.add((entry, out) -> field.write(entry, new TextOutput(out)));
                fields++;
                i = braces ? end + 1 : end;
            }
        }
        if (fields == 0) {
            throw new IllegalArgumentException("the access log template has no field; allowed: " + allowed());
        }
        copy(literal, parts);
        return new AccessLogTemplate(template, parts);
    }

    @Override
    public void append(AccessEntry entry, StringBuilder out) {
        for (AccessLogFormat part : parts) {
            part.append(entry, out);
        }
    }

    /** The template as it was given. */
    @Override
    public String toString() {
        return source;
    }

    private static AccessLogTemplate allFields() {
        List<String> names = new ArrayList<>();
        for (AccessField field : AccessField.values()) {
            names.add("$" + field.label());
        }
        return parse(String.join(" ", names));
    }

    private static void copy(StringBuilder literal, List<AccessLogFormat> parts) {
        if (!literal.isEmpty()) {
            String text = literal.toString();
            parts.add((entry, out) -> out.append(text));
            literal.setLength(0);
        }
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    private static AccessField field(String name, int at) {
        for (AccessField field : AccessField.values()) {
            if (field.label().equals(name)) {
                return field;
            }
        }
        throw name.isEmpty()
                ? refused(at, "has a dollar sign without a field name",
                        "a dollar sign itself is written $$; fields: " + allowed())
                : refused(at, "names the unknown field $" + name, "allowed: " + allowed());
    }

    private static String allowed() {
        StringBuilder names = new StringBuilder();
        for (AccessField field : AccessField.values()) {
            names.append(names.isEmpty() ? "$" : " $").append(field.label());
        }
        return names.toString();
    }

    private static IllegalArgumentException refused(int at, String defect, String allowed) {
        return new IllegalArgumentException(
                "the access log template " + defect + " at character " + (at + 1) + "; " + allowed);
    }

    private record TextOutput(StringBuilder out) implements AccessField.Output {
        @Override
        public void text(@Nullable String value) {
            if (value == null || value.isEmpty()) {
                out.append('-');
            } else if (value.equals("-")) {
                escape((byte) '-');
            } else {
                word(value);
            }
        }

        @Override
        public void integer(long value) {
            out.append(value);
        }

        @Override
        public void millis(long nanos) {
            JsonWriter.appendMillis(out, nanos);
        }

        private void word(String value) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c > ' ' && c < 0x7f && c != '"' && c != '\\') {
                    out.append(c);
                } else {
                    int codePoint = value.codePointAt(i);
                    i += Character.charCount(codePoint) - 1;
                    int character = Character.getType(codePoint) == Character.SURROGATE ? 0xfffd : codePoint;
                    for (byte b : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                        escape(b);
                    }
                }
            }
        }

        private void escape(byte b) {
            out.append("\\x").append(HEX.charAt(b >> 4 & 0xf)).append(HEX.charAt(b & 0xf));
        }
    }
}
