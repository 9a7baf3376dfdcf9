package dev.sluice.filters.sniff;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * A cache that gives connections with the same name one {@link String}. Of fixed size: a name whose place is taken
 * replaces the other one. So a client that invents names costs the others the sharing, and the proxy no memory.
 *
 * <p>Any thread, without locks: a string is immutable and may be read through a race; the loser of a race only does not
 * share.
 */
final class SharedStrings {
    private static final int INDEX_BITS = 9;

    private final @Nullable String[] entries = new String[1 << INDEX_BITS];
    private final long factor;

    /** @param seed a number that clients cannot guess, so that they cannot aim at the place of a name */
    SharedStrings(long seed) {
        factor = seed | 1;
    }

    /** {@return the text as a string; allocates nothing if it is cached} */
    String share(Spelling spelling) {
        // A polynomial in a secret odd number; its highest bits depend on all characters.
        long hash = 0;
        int length = 0;
        spelling.rewind();
        for (int c = spelling.next(); c != Spelling.END; c = spelling.next()) {
            hash = (hash + c + 1) * factor;
            length++;
        }
        int index = (int) (hash >>> (Long.SIZE - INDEX_BITS));
        String entry = entries[index];
        if (entry == null || !spells(entry, length, spelling)) {
            entry = spelled(spelling, length);
            entries[index] = entry;
        }
        return entry;
    }

    private static boolean spells(String entry, int length, Spelling spelling) {
        if (entry.length() != length) {
            return false;
        }
        spelling.rewind();
        for (int i = 0; i < length; i++) {
            if (entry.charAt(i) != spelling.next()) {
                return false;
            }
        }
        return true;
    }

    private static String spelled(Spelling spelling, int length) {
        byte[] text = new byte[length];
        spelling.rewind();
        for (int i = 0; i < length; i++) {
            text[i] = (byte) spelling.next();
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
