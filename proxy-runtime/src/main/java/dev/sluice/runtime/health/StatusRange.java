package dev.sluice.runtime.health;

/**
 * A range of HTTP status codes.
 *
 * @param first the least of them
 * @param last the greatest, which may be the first
 */
public record StatusRange(int first, int last) {
    private static final int LEAST = 100;
    private static final int GREATEST = 599;

    public StatusRange {
        if (first < LEAST || last > GREATEST || first > last) {
            throw new IllegalArgumentException("status range " + first + "-" + last + "; allowed are " + LEAST + " to "
                    + GREATEST + ", the smaller first");
        }
    }

    /** Whether a status is in it. */
    boolean contains(int status) {
        return first <= status && status <= last;
    }

    /** The range as configuration writes it: {@code 200-399}, {@code 204}. */
    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
