package dev.sluice.api.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written as {@code 512}, {@code 64KiB}, {@code 10MiB}, {@code 1GiB}.
 *
 * @param bytes not negative
 */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,17})(|KiB|MiB|GiB)");
    private static final String ALLOWED = "a size, such as 512, 64KiB, 10MiB or 1GiB";

    /**
     * Checks the number.
     *
     * @throws ConfigException if it is negative
     */
    public ByteSize {
        if (bytes < 0) {
            throw new ConfigException(null, "a size cannot be negative: " + bytes, ALLOWED, null);
        }
    }

    /**
     * Parses a size.
     *
     * @param text digits, with or without one of {@code KiB}, {@code MiB}, {@code GiB}
     * @return the size
     * @throws ConfigException if the text is not a size, or the size is too large for a {@code long}
     */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new ConfigException(null, "'" + text + "' is not a size", ALLOWED, Units.sizeMeantBy(text));
        }
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), Units.bytes(matcher.group(2))));
        } catch (ArithmeticException e) {
            throw new ConfigException(null, "'" + text + "' is too large", ALLOWED, null);
        }
    }

    /** {@return the size in the largest unit that leaves no fraction} */
    @Override
    public String toString() {
        return Units.show(bytes);
    }
}
