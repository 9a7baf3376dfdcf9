package dev.sluice.runtime.observe;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import dev.sluice.runtime.tls.Identity;

/**
 * A certificate that the proxy shows to clients or to endpoints now, as metrics and admin show it.
 *
 * @param name the first of its DNS names, or its subject if it has none
 * @param names all of its DNS names
 * @param keyType the kind of its key: {@code EC}, {@code RSA}, {@code EdDSA}
 * @param serial its serial number in hexadecimal digits, as OpenSSL prints it: a renewed certificate has another one
 * @param notAfter the end of its validity
 */
public record CertificateView(String name, List<String> names, String keyType, String serial,
        Instant notAfter) {
    public CertificateView {
        names = List.copyOf(names);
    }

    /** The view of a certificate. */
    public static CertificateView of(Identity identity) {
        List<String> names = identity.names();
        return new CertificateView(
                names.isEmpty() ? identity.certificate().getSubjectX500Principal().getName() : names.getFirst(), names,
                identity.keyType(), serial(identity.certificate().getSerialNumber()),
                identity.certificate().getNotAfter().toInstant());
    }

    /** Whole octets; serial numbers that some authorities have given are negative. */
    private static String serial(BigInteger number) {
        String digits = number.abs().toString(16).toUpperCase(Locale.ROOT);
        return (number.signum() < 0 ? "-" : "") + (digits.length() % 2 == 0 ? "" : "0") + digits;
    }
}
