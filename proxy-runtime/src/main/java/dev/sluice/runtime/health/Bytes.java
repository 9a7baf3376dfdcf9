package dev.sluice.runtime.health;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A sequence of bytes that a check sends or expects; a value. Immutable. */
public final class Bytes {
    /** No bytes. */
    public static final Bytes NONE = new Bytes(new byte[0]);

    /** The most bytes that {@link #toString} shows. */
    private static final int SHOWN = 60;
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** A copy of the array's bytes. */
    public static Bytes of(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    /** The text in UTF-8. */
    public static Bytes of(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The number of bytes. */
    public int length() {
        return content.length;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return content.length == 0;
    }

    /** The bytes to be read, from the first to the last. */
    ByteBuffer buffer() {
        return ByteBuffer.wrap(content).asReadOnlyBuffer();
    }

    /**
     * The place at which these bytes first appear in an array.
     *
     * @param from the first place to look at
     * @param length the number of bytes in the array that count
     * @return −1 if they do not appear
     */
    int indexIn(byte[] bytes, int from, int length) {
        for (int start = Math.max(0, from); start <= length - content.length; start++) {
            if (Arrays.equals(bytes, start, start + content.length, content, 0, content.length)) {
                return start;
            }
        }
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** The first bytes in double quotes, ASCII, escaped as in YAML: {@code "+PONG\r\n"}. */
    @Override
    public String toString() {
        return quote(content, content.length);
    }

    /** The first of {@code length} bytes in double quotes, ASCII, escaped as in YAML. */
    static String quote(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(length, SHOWN); i++) {
            appendEscaped(text, bytes[i] & 0xff);
        }
        return text.append(length > SHOWN ? "…\"" : "\"").toString();
    }

    private static void appendEscaped(StringBuilder text, int value) {
        switch (value) {
            case '\r' -> text.append("\\r");
            case '\n' -> text.append("\\n");
            case '\t' -> text.append("\\t");
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            default -> {
                if (value >= FIRST_PRINTABLE && value <= LAST_PRINTABLE) {
                    text.append((char) value);
                } else {
                    text.append("\\x").append(Character.forDigit(value >> 4, 16))
                            .append(Character.forDigit(value & 0xf, 16));
                }
            }
        }
    }
}
