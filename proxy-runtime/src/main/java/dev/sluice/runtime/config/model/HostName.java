package dev.sluice.runtime.config.model;

import java.util.Locale;
import java.util.regex.Pattern;

import dev.sluice.api.config.ConfigException;

/**
 * A DNS name to look up. Underscores are allowed, as SRV names have them (RFC 2782); a final dot makes it absolute.
 *
 * @param text in lower case
 */
public record HostName(String text) {
    private static final Pattern LABELS = Pattern
            .compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\\.?");
    private static final Pattern IP = Pattern.compile("[0-9.]+\\.?");
    private static final int LONGEST = 253;

    /**
     * Parses a name.
     *
     * @throws ConfigException if the text is none
     */
    public static HostName parse(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        String allowed = "a name such as db.example.com, with letters, digits, hyphens and underscores, of at most "
                + LONGEST + " characters";
        if (IP.matcher(name).matches() || name.indexOf(':') >= 0) {
            throw new ConfigException(null, "'" + text + "' is not a DNS name", allowed
                    + "; an address belongs into endpoints, and the port into the key port", null);
        }
        if (name.length() > LONGEST + 1 || !LABELS.matcher(name).matches()) {
            throw new ConfigException(null, "'" + text + "' is not a DNS name", allowed, null);
        }
        return new HostName(name);
    }

    @Override
    public String toString() {
        return text;
    }
}
