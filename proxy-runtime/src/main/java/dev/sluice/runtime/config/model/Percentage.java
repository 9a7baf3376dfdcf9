package dev.sluice.runtime.config.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.api.config.ConfigException;

/**
 * A whole percentage, written {@code 50%}.
 *
 * @param percent 0 to 100
 */
public record Percentage(int percent) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,4}) ?(%?)");

    /**
     * Parses a percentage.
     *
     * @throws ConfigException if the text is none
     */
    public static Percentage parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        String allowed = "0% to 100%";
        if (!matcher.matches()) {
            throw new ConfigException(null, "'" + text + "' is not a percentage", allowed, null);
        }
        int percent = Integer.parseInt(matcher.group(1));
        if (percent > 100) {
            throw new ConfigException(null, "'" + text + "' is out of range", allowed, null);
        }
        String exact = percent + "%";
        if (!exact.equals(text)) {
            throw new ConfigException(null, "'" + text + "' is not a percentage", allowed, exact);
        }
        return new Percentage(percent);
    }

    @Override
    public String toString() {
        return percent + "%";
    }
}
