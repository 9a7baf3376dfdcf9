package dev.sluice.api;

/**
 * A counter of a filter, shown in the metrics; see {@link FilterEnvironment#counter}. Any thread; cheap enough for
 * event loops.
 */
public interface Counter {
    /** Most characters that the name of a counter has. */
    int MAX_NAME_LENGTH = 64;

    /** Adds one. */
    default void increment() {
        add(1);
    }

    /**
     * Adds a number.
     *
     * @param count not negative
     * @throws IllegalArgumentException if it is negative
     */
    void add(long count);

    /**
     * Checks the name of a counter: words of lower-case letters and digits, joined by single underscores. The first
     * character is a letter. Every {@link FilterEnvironment} refuses other names; one that is written for a test does so
     * by this method.
     *
     * @param name at most {@value #MAX_NAME_LENGTH} characters
     * @return the name
     * @throws IllegalArgumentException if it is no such name
     */
    static String requireName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is no name of a counter: lower case, words joined by"
                    + " underscores, at most " + MAX_NAME_LENGTH + " characters");
        }
        return name;
    }

    private static boolean isName(String name) {
        boolean wordEnds = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !(i > 0 && digit) && !(wordEnds && c == '_')) {
                return false;
            }
            wordEnds = letter || digit;
        }
        return wordEnds && name.length() <= MAX_NAME_LENGTH;
    }
}
