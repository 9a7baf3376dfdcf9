package dev.sluice.runtime.json;

import java.util.Random;

/** Strings that try to leave their field: line ends, escape sequences, quotes, half surrogates, separators of other formats. */
public final class HostileText {
    private static final String[] PIECES = {
        "\r\n", "\n", "\r", "\u001b[2J", "\u001b]0;x\u0007", "\"", "\\", "\\\"", "'", " ", "\t", "\0", "\u007f",
        "\u0085", "\u009b",
        "\u2028", "\u2029", "\u202e", "\u200b", "\ufeff", "\ud800", "\udc00", "\udbff\udbff", "\ud83d\ude00",
        "\udb40\udc01",
        "ä", "日本", "}", "{", ",", ":", "null", "-", "$client", "${id}", "$$", "%n", "\\x0A", "\\u000a", "a",
        "b.example.com", "|"};

    private HostileText() {}

    /** The next string; sometimes empty, sometimes nothing but one piece. */
    public static String next(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            if (random.nextInt(4) == 0) {
                text.append((char) random.nextInt(Character.MAX_VALUE + 1));
            } else {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return text.toString();
    }

    /** The string as a UTF-8 file can hold it: half surrogates become U+FFFD. */
    public static String encodable(String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints().forEach(
                c -> result.appendCodePoint(Character.getType(c) == Character.SURROGATE ? 0xfffd : c));
        return result.toString();
    }
}
