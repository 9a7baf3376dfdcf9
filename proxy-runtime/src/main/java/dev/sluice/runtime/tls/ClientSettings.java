package dev.sluice.runtime.tls;

import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link TlsClient}. Certificates and not the names of their files: another content is another client.
 *
 * @param versions of TLS, by the JDK's names
 * @param protocols application protocols (ALPN), the preferred first; empty = none is offered
 * @param serverName the name that is asked for and has to be in the certificate; null = none
 * @param passesName whether the name that the proxy's own client has asked for comes first
 * @param verification of the endpoint's certificate
 * @param authorities that are trusted; empty = those of the Java runtime
 * @param identity the certificate that is shown if the endpoint asks for one; null = none is
 * @param resumes whether sessions are resumed
 */
public record ClientSettings(List<String> versions, List<String> protocols, @Nullable String serverName,
        boolean passesName, Verification verification, List<X509Certificate> authorities, @Nullable Identity identity,
        boolean resumes) {
    /** Verifications of a server's certificate. */
    public enum Verification {
        /** It is valid, from a trusted authority, and has the name. */
        FULL,
        /** It is valid, and from a trusted authority. */
        CHAIN,
        /** Any will do. */
        NONE
    }

    public ClientSettings {
        versions = List.copyOf(versions);
        protocols = List.copyOf(protocols);
        authorities = List.copyOf(authorities);
    }
}
