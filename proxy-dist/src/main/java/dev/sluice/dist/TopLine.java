package dev.sluice.dist;

/**
 * A line of the screen of {@code sluice top}.
 *
 * @param text without anything that could move the cursor
 */
record TopLine(String text, Style style) {
    /** The look of a line. */
    enum Style {
        /** As the terminal writes. */
        PLAIN,
        /** Something that an operator should look at. */
        WARNING,
        /** The titles of the table. */
        TITLE
    }

    static TopLine plain(String text) {
        return new TopLine(text, Style.PLAIN);
    }

    static TopLine warning(String text) {
        return new TopLine(text, Style.WARNING);
    }
}
