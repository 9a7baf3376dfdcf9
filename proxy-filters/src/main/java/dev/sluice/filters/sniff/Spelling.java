package dev.sluice.filters.sniff;

/** A text that stands in borrowed bytes, read as often as needed instead of copied. */
interface Spelling {
    /** What {@link #next} returns behind the last character. */
    int END = -1;

    /** Starts over. */
    void rewind();

    /** The next character, 0 to 127, or {@link #END}. */
    int next();
}
