package dev.sluice.runtime.config.model;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.api.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The end of the open connections of an endpoint that gets no further ones, written {@code keep}, {@code drain 10m} or
 * {@code close}.
 *
 * @param period the time over which they are closed; zero = at once; null = they are kept
 */
public record ConnectionsEnd(@Nullable Duration period) {
    /** They go on until they end by themselves. */
    public static final ConnectionsEnd KEEP = new ConnectionsEnd(null);

    private static final String ALLOWED = "keep, close, or drain and a duration from 1s to 720h, as in drain 10m";
    private static final Pattern DRAIN = Pattern.compile("drain +([1-9][0-9]{0,8})(s|m|h)");
    private static final Duration LONGEST = Duration.ofDays(30);

    /**
     * Parses an end.
     *
     * @throws ConfigException if the text is none
     */
    public static ConnectionsEnd parse(String text) {
        if (text.equals("keep")) {
            return KEEP;
        }
        if (text.equals("close")) {
            return new ConnectionsEnd(Duration.ZERO);
        }
        Matcher matcher = DRAIN.matcher(text);
        if (!matcher.matches()) {
            throw new ConfigException(null, "'" + text + "' is none of the ends that connections may have", ALLOWED,
                    text.equals("drain") ? "drain 10m" : null);
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration period = switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
        if (period.compareTo(LONGEST) > 0) {
            throw new ConfigException(null, "'" + text + "' is too long", ALLOWED, null);
        }
        return new ConnectionsEnd(period);
    }

    @Override
    public String toString() {
        if (period == null) {
            return "keep";
        }
        return period.isZero() ? "close" : "drain " + period.toSeconds() + "s";
    }
}
