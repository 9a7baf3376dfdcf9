package dev.sluice.runtime.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A certificate with its chain and its key.
 *
 * @param chain the certificate, then those of the authorities that lead to a known one
 * @param names DNS names of the certificate, in lower case, wildcards as they are written; from its SANs, never from its subject
 * @param fingerprint the digest of all certificates: a name of its own
 */
public record Identity(List<X509Certificate> chain, PrivateKey key, List<String> names, String fingerprint) {
    private static final int DNS = 2;

    public Identity {
        chain = List.copyOf(chain);
        names = List.copyOf(names);
    }

    /** An identity with the names in its certificate. */
    public static Identity of(List<X509Certificate> chain, PrivateKey key) {
        return new Identity(chain, key, names(chain.getFirst()), fingerprint(chain));
    }

    /** The DNS names in the SANs of a certificate, in lower case. */
    public static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> name : all) {
                    if (name.getFirst().equals(DNS)) {
                        names.add(name.get(1).toString().toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // A certificate that names nobody serves as a default.
        }
        return names;
    }

    private static String fingerprint(List<X509Certificate> chain) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (X509Certificate certificate : chain) {
                digest.update(certificate.getEncoded());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }

    /** The certificate itself. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** The kind of its key: {@code EC}, {@code RSA}, {@code EdDSA}. */
    public String keyType() {
        return key.getAlgorithm();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Identity[" + names + ", " + keyType() + "]";
    }
}
