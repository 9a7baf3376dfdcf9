package dev.sluice.runtime.config.model;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.sluice.api.config.ConfigException;

/**
 * A cipher suite of TLS: one of those with forward secrecy and an AEAD.
 *
 * @param name as in the registry of IANA
 */
public record CipherSuite(String name) {
    /** The names of IANA by those of OpenSSL, which are the same in TLS 1.3. */
    private static final Map<String, String> BY_OPENSSL = new LinkedHashMap<>();

    static {
        for (String name : new String[]{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256"}) {
            BY_OPENSSL.put(name, name);
        }
        for (String key : new String[]{"ECDSA", "RSA"}) {
            String start = "TLS_ECDHE_" + key + "_WITH_";
            BY_OPENSSL.put("ECDHE-" + key + "-AES128-GCM-SHA256", start + "AES_128_GCM_SHA256");
            BY_OPENSSL.put("ECDHE-" + key + "-AES256-GCM-SHA384", start + "AES_256_GCM_SHA384");
            BY_OPENSSL.put("ECDHE-" + key + "-CHACHA20-POLY1305", start + "CHACHA20_POLY1305_SHA256");
        }
    }

    /**
     * Parses a name of IANA or of OpenSSL.
     *
     * @throws ConfigException if it is that of no suite that is spoken
     */
    public static CipherSuite parse(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        String name = BY_OPENSSL.containsValue(upper) ? upper : BY_OPENSSL.get(upper);
        if (name == null) {
            throw new ConfigException(null, "'" + text + "' is no cipher suite that is spoken here",
                    String.join(", ", BY_OPENSSL.values()) + "; or the names of OpenSSL for them", null);
        }
        return new CipherSuite(name);
    }

    /** Whether it is of TLS 1.3, and not of TLS 1.2. */
    public boolean isTls13() {
        return BY_OPENSSL.containsKey(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
