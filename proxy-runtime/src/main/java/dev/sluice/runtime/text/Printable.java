package dev.sluice.runtime.text;

/** Text from outside the process, made fit to be shown. */
public final class Printable {
    private static final int QUOTE_LIMIT = 60;
    private static final int SENTENCE_LIMIT = 500;

    private Printable() {}

    /** The text in single quotes, printable, and shortened when long. */
    public static String quote(String text) {
        return "'" + cut(text, QUOTE_LIMIT) + "'";
    }

    /** The text, printable, and shortened beyond 500 characters. */
    public static String sentence(String text) {
        return cut(text, SENTENCE_LIMIT);
    }

    private static String cut(String text, int limit) {
        // A limit in characters first, so that a huge text is not counted.
        boolean cut = text.length() > 2 * limit || text.codePointCount(0, text.length()) > limit;
        return of(cut ? text.substring(0, text.offsetByCodePoints(0, limit)) + "…" : text);
    }

    /** The same text with each character that could move the cursor, hide text or fake a line replaced by U+FFFD. */
    public static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.appendCodePoint(isPrintable(c) ? c : 0xFFFD));
        return out.toString();
    }

    /** Whether a character neither moves the cursor, nor hides text, nor fakes a line. */
    public static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE, Character.UNASSIGNED ->
                false;
            default -> true;
        };
    }
}
