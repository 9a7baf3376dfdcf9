package dev.sluice.api.config;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A number of things or bytes per second, minute or hour: {@code 20/s}, {@code 600/m}, {@code 10/h}, {@code 10MiB/s}.
 *
 * @param amount at least 1
 * @param perNanos the period in nanoseconds: a second, a minute or an hour
 * @param ofBytes whether the rate was written with a binary prefix
 */
public record Rate(long amount, long perNanos, boolean ofBytes) {
    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,17})(|KiB|MiB|GiB)/([smh])");
    private static final Pattern LOOSE = Pattern.compile("(.*?)\\s*(?:/|per)\\s*(s|m|h)(?:[a-z]*)");
    private static final String ALLOWED = "a rate of at least 1, such as 20/s, 600/m or 10MiB/s";

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if {@code amount} is less than 1
     * @throws IllegalArgumentException if {@code perNanos} is less than 1
     */
    public Rate {
        if (amount < 1) {
            throw new ConfigException(null, "a rate of " + amount + " lets nothing pass", ALLOWED, null);
        }
        if (perNanos < 1) {
            throw new IllegalArgumentException("perNanos " + perNanos);
        }
    }

    /**
     * Parses a rate.
     *
     * @param text an amount, with or without one of {@code KiB}, {@code MiB}, {@code GiB}, a slash, and {@code s},
     *     {@code m} or {@code h}
     * @return the rate
     * @throws ConfigException if the text is not a rate, or the rate is 0, or too large for a {@code long}
     */
    public static Rate parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new ConfigException(null, "'" + text + "' is not a rate", ALLOWED, meantBy(text));
        }
        try {
            long amount = Math.multiplyExact(Long.parseLong(matcher.group(1)), Units.bytes(matcher.group(2)));
            return new Rate(amount, nanos(matcher.group(3)), !matcher.group(2).isEmpty());
        } catch (ArithmeticException e) {
            throw new ConfigException(null, "'" + text + "' is too large", ALLOWED, null);
        }
    }

    private static long nanos(String unit) {
        return switch (unit) {
            case "s" -> TimeUnit.SECONDS.toNanos(1);
            case "m" -> TimeUnit.MINUTES.toNanos(1);
            default -> TimeUnit.HOURS.toNanos(1);
        };
    }

    private static @Nullable String meantBy(String text) {
        Matcher matcher = LOOSE.matcher(text.strip());
        String size = Units.sizeMeantBy(matcher.matches() ? matcher.group(1) : text);
        return size == null ? null : size + "/" + (matcher.matches() ? matcher.group(2) : "s");
    }

    @Override
    public String toString() {
        String unit = perNanos == TimeUnit.SECONDS.toNanos(1)
                ? "s"
                : perNanos == TimeUnit.MINUTES.toNanos(1) ? "m" : "h";
        return (ofBytes ? Units.show(amount) : Long.toString(amount)) + "/" + unit;
    }
}
