package dev.sluice.dist;

import java.util.Map;
import java.util.OptionalInt;

/**
 * A decoder of what a terminal sends: characters, and sequences for keys that are none. A sequence that it does not
 * know is no key. One thread.
 */
final class KeyDecoder {
    private static final Map<String, Integer> SEQUENCES = Map.of("[A", TopKeys.UP, "OA", TopKeys.UP, "[B", TopKeys.DOWN,
            "OB", TopKeys.DOWN, "[5~", TopKeys.PAGE_UP, "[6~", TopKeys.PAGE_DOWN, "[H", TopKeys.HOME, "OH",
            TopKeys.HOME, "[1~", TopKeys.HOME);
    private static final int MAX_SEQUENCE = 16;

    private final StringBuilder sequence = new StringBuilder();
    private boolean escaped;
    private char highSurrogate;

    /** Takes a character and returns the key that it completes. */
    OptionalInt next(char c) {
        if (!escaped) {
            return plain(c);
        }
        if (c == TopKeys.ESCAPE && sequence.isEmpty()) {
            return OptionalInt.of(TopKeys.ESCAPE);
        }
        sequence.append(c);
        boolean introduces = sequence.length() == 1 && (c == '[' || c == 'O');
        boolean ends = c >= 0x40 && c <= 0x7E && !introduces;
        if (!ends && sequence.length() < MAX_SEQUENCE && (introduces || sequence.length() > 1)) {
            return OptionalInt.empty();
        }
        Integer key = SEQUENCES.get(sequence.toString());
        reset();
        return key == null ? OptionalInt.empty() : OptionalInt.of(key);
    }

    private OptionalInt plain(char c) {
        if (c == TopKeys.ESCAPE) {
            escaped = true;
            return OptionalInt.empty();
        }
        if (Character.isHighSurrogate(c)) {
            highSurrogate = c;
            return OptionalInt.empty();
        }
        int character = Character.isLowSurrogate(c) && highSurrogate != 0 ? Character.toCodePoint(highSurrogate, c) : c;
        highSurrogate = 0;
        return OptionalInt.of(character);
    }

    /** {@return whether a key may be under way: nothing behind it within a moment means that it was Escape itself} */
    boolean pending() {
        return escaped;
    }

    /** Takes the silence behind an Escape, and returns the key that it makes of it. */
    OptionalInt silence() {
        boolean alone = escaped && sequence.isEmpty();
        reset();
        return alone ? OptionalInt.of(TopKeys.ESCAPE) : OptionalInt.empty();
    }

    private void reset() {
        escaped = false;
        sequence.setLength(0);
    }
}
