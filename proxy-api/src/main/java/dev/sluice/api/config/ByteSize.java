package dev.sluice.api.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of bytes: {@code 512}, {@code 64KiB}, {@code 10MiB}, {@code 1GiB}.
 *
 * @param bytes not negative
 */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,17})(|KiB|MiB|GiB)");
    private static final String ALLOWED = "a size, such as 512, 64KiB, 10MiB or 1GiB";

    public ByteSize {
        if (bytes < 0) {
            throw new ConfigException(null, bytes + " bytes are less than nothing", ALLOWED, null);
        }
    }

    /**
     * Reads a text.
     *
     * @throws ConfigException if the text is not a size, or too large for a {@code long}
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

    @Override
    public String toString() {
        return Units.show(bytes);
    }
}
