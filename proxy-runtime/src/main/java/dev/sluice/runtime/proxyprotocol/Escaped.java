package dev.sluice.runtime.proxyprotocol;

import dev.sluice.runtime.text.Printable;

/** Bytes from outside as printable text, from which the bytes can be read. Pure. */
final class Escaped {
    /** The bound of the length of a text: longer than each name that means something, and a bearable part of a line of a log. */
    static final int MOST_CHARACTERS = 1024;

    private static final int FIRST_VISIBLE = ' ';
    private static final int LAST_VISIBLE = '~';
    private static final int INVALID = -1;
    /** The smallest character that needs one more byte than the index says. */
    private static final int[] SMALLEST = {0, 0x80, 0x800, 0x10000};

    private Escaped() {}

    /** The byte in single quotes. */
    static String quote(int value) {
        StringBuilder text = new StringBuilder(6).append('\'');
        append(text, value);
        return text.append('\'').toString();
    }

    /** The byte as {@code 0xNN}. */
    static String hex(int value) {
        return appendHex(new StringBuilder("0x"), value).toString();
    }

    /** The bytes as text, those that are not printable ASCII as {@code \xNN}. */
    static String ascii(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to && text.length() < MOST_CHARACTERS; i++) {
            append(text, bytes[i] & 0xff);
        }
        return cut(text);
    }

    /** The bytes as text, those that are not part of a printable character in UTF-8 as {@code \xNN}. */
    static String utf8(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder();
        int i = from;
        while (i < to && text.length() < MOST_CHARACTERS) {
            int more = bytesAfter(bytes[i] & 0xff);
            int character = more == 0 ? INVALID : character(bytes, i, more, to);
            if (character == INVALID || !Printable.isPrintable(character)) {
                append(text, bytes[i] & 0xff);
                i++;
            } else {
                text.appendCodePoint(character);
                i += 1 + more;
            }
        }
        return cut(text);
    }

    private static String cut(StringBuilder text) {
        if (text.length() > MOST_CHARACTERS) {
            text.setLength(MOST_CHARACTERS);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, int value) {
        if (value == '\\') {
            text.append("\\\\");
        } else if (value >= FIRST_VISIBLE && value <= LAST_VISIBLE) {
            text.append((char) value);
        } else {
            appendHex(text.append("\\x"), value);
        }
    }

    private static StringBuilder appendHex(StringBuilder text, int value) {
        return text.append(Character.forDigit(value >> 4 & 0xf, 16)).append(Character.forDigit(value & 0xf, 16));
    }

    /** The number of bytes that follow the first one of a character in UTF-8; 0 if it is ASCII, or no first byte. */
    private static int bytesAfter(int first) {
        if (first < 0xc2 || first > 0xf4) {
            return 0;
        }
        return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    }

    /** The character of several bytes. */
    private static int character(byte[] bytes, int at, int more, int to) {
        if (at + more >= to) {
            return INVALID;
        }
        int character = bytes[at] & 0x3f >> more;
        for (int i = 1; i <= more; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return INVALID;
            }
            character = character << 6 | (bytes[at + i] & 0x3f);
        }
        return character < SMALLEST[more] || character > Character.MAX_CODE_POINT ? INVALID : character;
    }
}
