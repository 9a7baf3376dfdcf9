package dev.sluice.dist;

/**
 * Widths of text on a terminal, in columns: ideographs and pictures take two, marks that belong to the letter before
 * them none. The text has no control characters, see {@link TerminalText}.
 */
final class TextWidth {
    private static final String CUT = "…";
    /** Ranges of code points that take two columns, each by its first and its last. */
    private static final int[] WIDE = {0x1100, 0x115F, 0x2E80, 0x303E, 0x3041, 0x33FF, 0x3400, 0x4DBF, 0x4E00, 0x9FFF,
        0xA000, 0xA4CF, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE30, 0xFE6F, 0xFF00, 0xFF60, 0xFFE0, 0xFFE6, 0x1F300,
        0x1F64F, 0x1F680, 0x1F6FF, 0x1F900, 0x1F9FF, 0x20000, 0x3FFFD};

    private TextWidth() {}

    /** {@return the number of columns} */
    static int of(String text) {
        return text.codePoints().map(TextWidth::of).sum();
    }

    private static int of(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        for (int i = 0; i < WIDE.length; i += 2) {
            if (character >= WIDE[i] && character <= WIDE[i + 1]) {
                return 2;
            }
        }
        return 1;
    }

    /** {@return the text if it fits, else its start and a sign that it goes on} */
    static String cut(String text, int columns) {
        if (of(text) <= columns) {
            return text;
        }
        StringBuilder start = new StringBuilder();
        int used = 0;
        for (int i = 0; i < text.length();) {
            int character = text.codePointAt(i);
            used += of(character);
            if (used > columns - 1) {
                break;
            }
            start.appendCodePoint(character);
            i += Character.charCount(character);
        }
        return columns < 1 ? "" : start + CUT;
    }

    /** {@return the text with exactly this width: cut, or with blanks behind it} */
    static String left(String text, int columns) {
        String cut = cut(text, columns);
        return cut + " ".repeat(columns - of(cut));
    }

    /** {@return the text with exactly this width: cut, or with blanks before it} */
    static String right(String text, int columns) {
        String cut = cut(text, columns);
        return " ".repeat(columns - of(cut)) + cut;
    }
}
