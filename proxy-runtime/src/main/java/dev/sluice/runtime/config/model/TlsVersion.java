package dev.sluice.runtime.config.model;

import dev.sluice.api.config.ConfigException;

/** A version of TLS, written {@code "1.2"} or {@code "1.3"}. */
public enum TlsVersion {
    TLS12("1.2", "TLSv1.2"),
    TLS13("1.3", "TLSv1.3");

    private final String text;
    private final String label;

    TlsVersion(String text, String label) {
        this.text = text;
        this.label = label;
    }

    /**
     * Parses a version.
     *
     * @throws ConfigException if the text is none that is supported
     */
    public static TlsVersion parse(String text) {
        for (TlsVersion version : values()) {
            if (version.text.equals(text)) {
                return version;
            }
        }
        boolean old = text.equals("1.0") || text.equals("1.1");
        throw new ConfigException(null,
                "'" + text + (old ? "' is not supported (RFC 8996)" : "' is not a version of TLS"),
                "\"1.2\" or \"1.3\"", null);
    }

    /** The name in log and views, and of the JDK. */
    public String label() {
        return label;
    }

    @Override
    public String toString() {
        return text;
    }
}
