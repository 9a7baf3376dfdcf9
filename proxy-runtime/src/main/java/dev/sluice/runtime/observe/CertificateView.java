package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.List;

import dev.sluice.runtime.tls.Identity;

/**
 * A certificate that a listener serves now, as metrics and admin show it.
 *
 * @param name the first of its DNS names, or its subject if it has none
 * @param names all of its DNS names
 * @param keyType the kind of its key: {@code EC}, {@code RSA}, {@code EdDSA}
 * @param notAfter the end of its validity
 */
public record CertificateView(String name, List<String> names, String keyType, Instant notAfter) {
    public CertificateView {
        names = List.copyOf(names);
    }

    /** The view of a certificate. */
    public static CertificateView of(Identity identity) {
        List<String> names = identity.names();
        return new CertificateView(
                names.isEmpty() ? identity.certificate().getSubjectX500Principal().getName() : names.getFirst(), names,
                identity.keyType(), identity.certificate().getNotAfter().toInstant());
    }
}
