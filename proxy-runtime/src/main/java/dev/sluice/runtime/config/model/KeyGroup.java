package dev.sluice.runtime.config.model;

import java.util.Locale;
import java.util.Map;

import dev.sluice.api.config.ConfigException;

/**
 * A group for the key exchange of TLS.
 *
 * @param name as in the registry of IANA
 */
public record KeyGroup(String name) {
    private static final Map<String, String> NAMES = Map.of("x25519", "x25519", "p-256", "secp256r1", "secp256r1",
            "secp256r1", "prime256v1", "secp256r1", "p-384", "secp384r1", "secp384r1", "secp384r1");
    private static final String HYBRID = "X25519MLKEM768";

    /**
     * Parses a name.
     *
     * @throws ConfigException if it is that of no group that can be chosen
     */
    public static KeyGroup parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String name = text.equalsIgnoreCase(HYBRID) ? HYBRID : NAMES.get(lower);
        if (name != null) {
            return new KeyGroup(name);
        }
        throw new ConfigException(null, "'" + text + "' is no group that is spoken here",
                "X25519MLKEM768, X25519, P-256 (secp256r1, prime256v1), P-384 (secp384r1)", null);
    }

    /** Whether it is made of two, so that what is recorded today stays secret from quantum computers. */
    public boolean isHybrid() {
        return name.equals(HYBRID);
    }

    @Override
    public String toString() {
        return name;
    }
}
