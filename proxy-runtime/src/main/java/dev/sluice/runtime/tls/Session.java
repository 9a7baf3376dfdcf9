package dev.sluice.runtime.tls;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a handshake, for log, views and filters.
 *
 * @param version {@code TLSv1.3} or {@code TLSv1.2}
 * @param suite the cipher suite, by its name in the registry of IANA
 * @param protocol the application protocol that was agreed on (ALPN); null = none
 * @param serverName the name that the client has asked for (SNI), in lower case; null = none
 * @param peer the names in the certificate of the peer; null = it has shown none
 */
public record Session(String version, String suite, @Nullable String protocol, @Nullable String serverName,
        @Nullable Peer peer) {
    /** The version 1.3 in {@link #version}. */
    public static final String TLS_13 = "TLSv1.3";
    /** The word between key exchange and cipher, in suites of TLS 1.2. */
    private static final String WITH = "_WITH_";

    /** The cipher suite, by its name in OpenSSL, which is another one in TLS 1.2. */
    public String suiteOfOpenSsl() {
        int with = suite.indexOf(WITH);
        if (with < 0) {
            return suite;
        }
        String exchange = suite.substring("TLS_".length(), with);
        String cipher = suite.substring(with + WITH.length()).replace("AES_", "AES").replace("POLY1305_SHA256",
                "POLY1305");
        return (exchange + "-" + cipher).replace('_', '-');
    }

    /** Whether it is TLS 1.3. */
    public boolean isTls13() {
        return version.equals(TLS_13);
    }
}
