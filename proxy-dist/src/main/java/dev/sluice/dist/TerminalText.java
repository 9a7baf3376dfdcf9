package dev.sluice.dist;

/**
 * Text from elsewhere, made fit for a terminal: what could move the cursor, hide text or fake a line is replaced by
 * U+FFFD.
 */
final class TerminalText {
    private TerminalText() {}

    /** {@return the text in one line} */
    static String line(String text) {
        return replaced(text, false);
    }

    /** {@return the text with its line ends and tabs} */
    static String lines(String text) {
        return replaced(text, true);
    }

    private static String replaced(String text, boolean lines) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean layout = lines && (c == '\n' || c == '\t');
            boolean shown = switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE, Character.UNASSIGNED ->
                    false;
                default -> true;
            };
            out.appendCodePoint(layout || shown ? c : 0xFFFD);
        });
        return out.toString();
    }
}
