package dev.sluice.filters.sniff;

/** A text in borrowed bytes, read as often as needed instead of copied. */
interface Spelling {
    /** The result of {@link #next} behind the last character. */
    int END = -1;

    /** Starts over. */
    void rewind();

    /** {@return the next character, 0 to 127, or {@link #END}} */
    int next();
}
