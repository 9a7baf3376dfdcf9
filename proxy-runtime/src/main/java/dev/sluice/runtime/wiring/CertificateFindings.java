package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.health.CertificateFile;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.tls.pem.PemFile;

/** A collector of warnings about certificates and keys, with what is the same for all of them. Used by one thread. */
final class CertificateFindings {
    private static final int LEAST_RSA_BITS = 2048;
    /** The part of a certificate's validity in which it should have been renewed: that of 90 days in the last 9. */
    private static final int RENEWAL_PART = 10;
    /** A directory may have thousands of certificates that have expired. */
    private static final int MOST = 100;
    private static final String ANY_USE = "2.5.29.37.0";

    private final Instant now = Instant.now();
    private final Map<Path, List<X509Certificate>> read = new HashMap<>();
    private final List<Problem> warnings = new ArrayList<>();

    /** All, in the order in which they were found. */
    List<Problem> warnings() {
        return List.copyOf(warnings);
    }

    /** Whether no more are taken. */
    boolean isFull() {
        return warnings.size() >= MOST;
    }

    void warn(ConfigPlace place, String key, String what) {
        if (!isFull()) {
            String end = warnings.size() + 1 < MOST ? "" : "; this is warning " + MOST + ", and there may be more";
            warnings.add(Problem.at(place, new ConfigException(key, what + end, null, null)));
        }
    }

    /** The certificates of a file; empty = it cannot be read now, although it could a moment ago. */
    List<X509Certificate> certificates(Path file) {
        return read.computeIfAbsent(file, missing -> {
            try {
                return PemFile.read(missing).certificates();
            } catch (IOException gone) {
                return List.of();
            }
        });
    }

    /** Those of authorities in another form than PEM, too. */
    List<X509Certificate> authorities(Path file) {
        try {
            return CertificateFile.read(file);
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** Warnings about the times and the strength of a certificate and of those that lead to a known authority. */
    void chain(ConfigPlace place, String key, Path file) {
        for (X509Certificate certificate : certificates(file)) {
            validity(place, key, file, certificate);
            strength(place, key, file, certificate);
        }
    }

    void validity(ConfigPlace place, String key, Path file, X509Certificate certificate) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        Duration renewal = Duration.between(from, to).dividedBy(RENEWAL_PART);
        if (to.isBefore(now)) {
            warn(place, key, of(certificate, file) + " has expired at " + to);
        } else if (from.isAfter(now)) {
            warn(place, key, of(certificate, file) + " is not valid before " + from);
        } else if (to.minus(renewal).isBefore(now)) {
            warn(place, key, of(certificate, file) + " expires at " + to + ", and should have been renewed");
        }
    }

    private void strength(ConfigPlace place, String key, Path file, X509Certificate certificate) {
        if (certificate.getPublicKey() instanceof RSAKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
            warn(place, key, of(certificate, file) + " has an RSA key of " + rsa.getModulus().bitLength()
                    + " bits, which is too short: clients refuse less than " + LEAST_RSA_BITS);
        }
        // The signature of one that has signed itself says nothing.
        boolean own = certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (!own && (signature.startsWith("SHA1") || signature.startsWith("MD5"))) {
            warn(place, key, of(certificate, file) + " is signed with " + certificate.getSigAlgName()
                    + ", which is broken: clients refuse it");
        }
    }

    /**
     * A warning about a certificate that lists its uses, without the one that it has here.
     *
     * @param use its number (RFC 5280 section 4.2.1.12)
     * @param missing the words about it
     */
    void use(ConfigPlace place, String key, Path file, X509Certificate certificate, String use, String missing) {
        try {
            List<String> uses = certificate.getExtendedKeyUsage();
            if (uses != null && !uses.contains(use) && !uses.contains(ANY_USE)) {
                warn(place, key, of(certificate, file) + " " + missing);
            }
        } catch (CertificateParsingException e) {
            warn(place, key, of(certificate, file) + " has an extended key usage that cannot be read");
        }
    }

    /** A warning about a file with a private key, if everybody can read it. */
    void privateKey(ConfigPlace place, String key, Path file) {
        secret(place, key, file, "the private key in " + file);
    }

    /** A warning about a file with a secret, if everybody can read it. */
    void secret(ConfigPlace place, String key, Path file, String what) {
        if (isReadableByOthers(file)) {
            warn(place, key, "every user of this machine can read " + what + "; take that away with: chmod o-r FILE");
        }
    }

    private static boolean isReadableByOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /** The words for a certificate. */
    static String of(X509Certificate certificate, Path file) {
        return "the certificate " + Printable.quote(certificate.getSubjectX500Principal().getName()) + " in " + file;
    }
}
