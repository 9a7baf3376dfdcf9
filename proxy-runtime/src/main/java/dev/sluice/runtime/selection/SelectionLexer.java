package dev.sluice.runtime.selection;

/**
 * The words of an expression: signs, parentheses, commas, and everything between them and blanks. A value may stand in
 * double quotes. One text, one thread.
 */
final class SelectionLexer {
    private static final String SIGNS = "=!<>(),";

    private final String text;
    /** The place of the next word. */
    private int at;
    private int end;
    /** The place of the last word that was taken. */
    private int taken;

    SelectionLexer(String text) {
        this.text = text;
        find(0);
    }

    private void find(int from) {
        at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        end = at;
        if (atEnd()) {
            return;
        }
        char first = text.charAt(at);
        end++;
        if (first == '"') {
            int quote = text.indexOf('"', end);
            // One that does not end is refused where it is taken.
            end = quote < 0 ? text.length() : quote + 1;
        } else if (SIGNS.indexOf(first) < 0) {
            while (end < text.length() && !Character.isWhitespace(text.charAt(end))
                    && SIGNS.indexOf(text.charAt(end)) < 0) {
                end++;
            }
        } else if (end < text.length() && text.charAt(end) == '=' && "!<>".indexOf(first) >= 0) {
            end++;
        }
    }

    boolean atEnd() {
        return at == text.length();
    }

    /** The next word; empty at the end. */
    String peek() {
        return text.substring(at, end);
    }

    /** Whether the next word is neither a sign nor in quotes. */
    boolean isWord() {
        return !atEnd() && text.charAt(at) != '"' && SIGNS.indexOf(text.charAt(at)) < 0;
    }

    /** Takes the next word. */
    void next() {
        taken = at;
        find(end);
    }

    /** Takes the next word if it is this one. */
    boolean take(String word) {
        boolean is = peek().equals(word);
        if (is) {
            next();
        }
        return is;
    }

    /** Takes the value that a field is compared with. */
    String value(String field) throws SelectionException {
        if (atEnd() || SIGNS.indexOf(text.charAt(at)) >= 0) {
            throw unexpected("a value of " + field);
        }
        String word = peek();
        boolean quoted = word.charAt(0) == '"';
        if (quoted && (word.length() == 1 || !word.endsWith("\""))) {
            throw refused("a quotation mark that is not closed");
        }
        next();
        return quoted ? word.substring(1, word.length() - 1) : word;
    }

    /** The exception about the next word, where something else was expected. */
    SelectionException unexpected(String allowed) {
        return refused((atEnd() ? "the end" : "\"" + peek() + "\"") + "; allowed: " + allowed);
    }

    /** An exception about the next word. */
    SelectionException refused(String why) {
        return new SelectionException(at + 1, why);
    }

    /** An exception about the last word that was taken. */
    SelectionException wrong(String why) {
        return new SelectionException(taken + 1, why);
    }
}
