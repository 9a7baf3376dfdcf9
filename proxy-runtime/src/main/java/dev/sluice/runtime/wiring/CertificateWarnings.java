package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ClientAuth;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.config.model.TicketConfig;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.Passthrough;
import dev.sluice.runtime.tls.pem.PemFile;

/**
 * Warnings about certificates, keys and lists that can be used, and should not be: what an auditor finds. The files have been read before, so
 * that one which cannot be read now gives none.
 */
final class CertificateWarnings {
    private static final int LEAST_RSA_BITS = 2048;
    /** The part of a certificate's validity in which it should have been renewed: that of 90 days in the last 9. */
    private static final int RENEWAL_PART = 10;

    private final Instant now = Instant.now();
    private final List<Problem> warnings = new ArrayList<>();

    private CertificateWarnings() {}

    /** The warnings about the files of all listeners, in their order. */
    static List<Problem> of(Configuration configuration) {
        CertificateWarnings found = new CertificateWarnings();
        for (ListenerConfig listener : configuration.listeners()) {
            TerminatedTls tls = listener.tls().orElse(null);
            if (tls != null) {
                tls.certificates().forEach(found::entry);
                found.passthrough(tls);
                found.clients(tls.clientAuth());
                found.tickets(tls.tickets());
            }
        }
        return found.warnings;
    }

    private void warn(ConfigPlace place, String key, String what) {
        warnings.add(Problem.at(place, new ConfigException(key, what, null, null)));
    }

    private void entry(TerminatedTls.Certificate entry) {
        boolean several = entry.directory().isPresent();
        for (CertificateDirectory.Pair pair : IdentityFiles.pairs(entry)) {
            try {
                certificates(entry.place(), several ? "directory" : "certificate", pair.certificate());
            } catch (IOException gone) {
                continue;
            }
            if (isReadableByOthers(pair.key())) {
                warn(entry.place(), several ? "directory" : entry.key().isPresent() ? "key" : "certificate",
                        "every user of this machine can read the private key in " + pair.key()
                                + "; take that away with: chmod o-r FILE");
            }
        }
    }

    /** Names that are passed through, so that the certificates that have them are never shown for them. */
    private void passthrough(TerminatedTls tls) {
        Passthrough passthrough = new Passthrough(tls.passthrough());
        for (TerminatedTls.Certificate entry : passthrough.isEmpty()
                ? List.<TerminatedTls.Certificate>of()
                : tls.certificates()) {
            for (CertificateDirectory.Pair pair : IdentityFiles.pairs(entry)) {
                try {
                    X509Certificate certificate = PemFile.read(pair.certificate()).certificates().getFirst();
                    for (String name : Identity.names(certificate)) {
                        if (passthrough.covers(name)) {
                            warn(tls.place(), "passthrough", of(certificate, pair.certificate()) + " has the name "
                                    + Printable.quote(name) + ", whose clients are passed through and never see it");
                        }
                    }
                } catch (IOException gone) {
                    // It was there a moment ago.
                }
            }
        }
    }

    private static boolean isReadableByOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    private void certificates(ConfigPlace place, String key, Path file) throws IOException {
        List<X509Certificate> chain = PemFile.read(file).certificates();
        for (X509Certificate certificate : chain) {
            validity(place, key, file, certificate);
            strength(place, key, file, certificate);
        }
    }

    private void validity(ConfigPlace place, String key, Path file, X509Certificate certificate) {
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

    private static String of(X509Certificate certificate, Path file) {
        return "the certificate " + Printable.quote(certificate.getSubjectX500Principal().getName()) + " in " + file;
    }

    private void tickets(TicketConfig tickets) {
        for (Path file : tickets.keys()) {
            if (isReadableByOthers(file)) {
                warn(tickets.place(), "keys", "every user of this machine can read the keys of tickets in " + file
                        + ", by which recorded sessions can be opened; take that away with: chmod o-r FILE");
            }
        }
    }

    private void clients(ClientAuth auth) {
        Path ca = auth.ca().orElse(null);
        Path crl = auth.crl().orElse(null);
        if (!auth.isOn() || ca == null) {
            return;
        }
        try {
            for (X509Certificate authority : PemFile.read(ca).certificates()) {
                validity(auth.place(), "ca", ca, authority);
            }
            for (X509CRL list : crl == null ? List.<X509CRL>of() : PemFile.revocations(crl)) {
                Instant until = list.getNextUpdate() == null ? Instant.MIN : list.getNextUpdate().toInstant();
                if (until.isBefore(now)) {
                    warn(auth.place(), "crl", "the list of "
                            + Printable.quote(list.getIssuerX500Principal().getName()) + " in " + crl
                            + " is out of date" + (list.getNextUpdate() == null ? "" : " since " + until)
                            + ": its clients are refused");
                }
            }
        } catch (IOException gone) {
            // It was there a moment ago.
        }
    }
}
