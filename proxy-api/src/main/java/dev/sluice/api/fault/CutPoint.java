package dev.sluice.api.fault;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.api.Incubating;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A place at which a connection is reset: after a number of bytes, written {@code 512} or {@code 64KiB}, or after a time,
 * written {@code 250ms}, {@code 3s}, {@code 5m} or {@code 1h}.
 *
 * @param bytes null = after a time
 * @param time null = after a number of bytes
 */
@Incubating
public record CutPoint(@Nullable ByteSize bytes, @Nullable Duration time) {
    private static final Pattern TIME = Pattern.compile("(0|[1-9][0-9]{0,9})(ms|s|m|h)");
    private static final String ALLOWED = "a size such as 512 or 64KiB, or a time such as 250ms or 3s";

    /**
     * Checks the values.
     *
     * @throws ConfigException if the number is 0, or the time is negative or longer than 24 hours
     * @throws IllegalArgumentException if there are both, or neither
     */
    public CutPoint {
        if ((bytes == null) == (time == null)) {
            throw new IllegalArgumentException("either bytes or a time");
        }
        if (bytes != null && bytes.bytes() == 0) {
            throw new ConfigException(null, "a reset after 0 bytes would come before any byte is seen",
                    "at least 1, or the fault refuse", null);
        }
        if (time != null && (time.isNegative() || time.compareTo(Fault.LONGEST) > 0)) {
            throw new ConfigException(null, "a time of " + time, "0ms to 24h", null);
        }
    }

    /**
     * Parses a place.
     *
     * @param text a size or a time
     * @return the place
     * @throws ConfigException if it is neither
     */
    public static CutPoint parse(String text) {
        Matcher matcher = TIME.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return new CutPoint(null, switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            });
        }
        try {
            return new CutPoint(ByteSize.parse(text), null);
        } catch (ConfigException e) {
            throw new ConfigException(null, "'" + text + "' is neither a size nor a time", ALLOWED, e.didYouMean());
        }
    }

    /** {@return the place in words} */
    @Override
    public String toString() {
        return time == null ? bytes + " bytes" : time.toMillis() + "ms";
    }
}
