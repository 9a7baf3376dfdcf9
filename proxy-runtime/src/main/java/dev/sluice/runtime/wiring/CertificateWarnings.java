package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ClientAuth;
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
    private static final String SERVERS = "1.3.6.1.5.5.7.3.1";

    private final ListenerConfig listener;
    private final TerminatedTls tls;
    private final CertificateFindings found;
    private final List<Shown> shown = new ArrayList<>();

    /** A certificate that the listener shows. */
    record Shown(TerminatedTls.Certificate entry, Path file, Path keyFile, X509Certificate certificate) {
        String key() {
            return entry.directory().isPresent() ? "directory" : "certificate";
        }

        String words() {
            return CertificateFindings.of(certificate, file);
        }
    }

    private CertificateWarnings(ListenerConfig listener, TerminatedTls tls, CertificateFindings found) {
        this.listener = listener;
        this.tls = tls;
        this.found = found;
    }

    /** The warnings about the files of all listeners and clusters, in their order. */
    static List<Problem> of(Configuration configuration) {
        CertificateFindings found = new CertificateFindings();
        for (ListenerConfig listener : configuration.listeners()) {
            listener.tls().ifPresent(tls -> new CertificateWarnings(listener, tls, found).find());
        }
        UpstreamTlsWarnings.find(configuration, found);
        return found.warnings();
    }

    private void find() {
        boolean complete = true;
        for (TerminatedTls.Certificate entry : tls.certificates()) {
            complete &= entry(entry);
        }
        names();
        KeySuites.warnings(tls, shown, found);
        if (complete) {
            DeadRoutes.find(listener, tls, shown.stream().map(Shown::certificate).toList(), found);
        }
        passthrough();
        clients(tls.clientAuth());
        tickets(tls.tickets());
    }

    /** @return whether all of its files could be read */
    private boolean entry(TerminatedTls.Certificate entry) {
        List<CertificateDirectory.Pair> pairs;
        try {
            pairs = IdentityFiles.pairs(entry);
        } catch (ConfigException gone) {
            return false;
        }
        boolean complete = true;
        for (CertificateDirectory.Pair pair : pairs) {
            List<X509Certificate> chain = found.certificates(pair.certificate());
            if (chain.isEmpty()) {
                complete = false;
                continue;
            }
            Shown one = new Shown(entry, pair.certificate(), pair.key(), chain.getFirst());
            shown.add(one);
            found.chain(entry.place(), one.key(), one.file());
            found.use(entry.place(), one.key(), one.file(), one.certificate(), SERVERS,
                    "is not for servers of TLS (its extended key usage lacks serverAuth): clients refuse it");
            found.privateKey(entry.place(), entry.key().isPresent() ? "key" : one.key(), one.keyFile());
        }
        entry.keyPasswordFile().ifPresent(file -> found.secret(entry.place(), "keyPasswordFile", file,
                "the password of private keys in " + file));
        return complete;
    }

    /** Certificates that are never chosen, because they have no names, or others have them. */
    private void names() {
        Map<String, Shown> owners = new HashMap<>();
        for (Shown one : shown) {
            List<String> names = Identity.names(one.certificate());
            boolean first = one.equals(shown.getFirst());
            if (names.isEmpty() && !first) {
                found.warn(one.entry().place(), one.key(), one.words()
                        + " has no DNS name (subjectAltName), by which clients choose: it is never shown");
            } else if (names.isEmpty() && hasNoOtherNames(one.certificate())) {
                found.warn(one.entry().place(), one.key(), one.words() + " has no name (subjectAltName): it can only be"
                        + " the default, and clients that verify names refuse it");
            }
            String type = one.certificate().getPublicKey().getAlgorithm();
            Shown before = null;
            String common = "";
            for (String name : names) {
                Shown owner = owners.putIfAbsent(type + " " + name, one);
                if (owner != null && before == null && !owner.equals(one)) {
                    before = owner;
                    common = name;
                }
            }
            if (before != null) {
                found.warn(one.entry().place(), one.key(), one.words() + " has the name " + Printable.quote(common)
                        + " and a key of " + type + ", as has that in " + before.file()
                        + ", which comes first and is shown for it; leave one of them out");
            }
        }
    }

    private static boolean hasNoOtherNames(X509Certificate certificate) {
        try {
            return certificate.getSubjectAlternativeNames() == null;
        } catch (CertificateParsingException e) {
            return true;
        }
    }

    /** Names that are passed through, so that the certificates that have them are never shown for them. */
    private void passthrough() {
        Passthrough passthrough = new Passthrough(tls.passthrough());
        for (Shown one : passthrough.isEmpty() ? List.<Shown>of() : shown) {
            for (String name : Identity.names(one.certificate())) {
                if (passthrough.covers(name)) {
                    found.warn(tls.place(), "passthrough", one.words() + " has the name "
                            + Printable.quote(name) + ", whose clients are passed through and never see it");
                }
            }
        }
    }

    private void tickets(TicketConfig tickets) {
        for (Path file : tickets.keys()) {
            found.secret(tickets.place(), "keys", file, "the keys of tickets in " + file
                    + ", by which recorded sessions can be opened");
        }
    }

    private void clients(ClientAuth auth) {
        Path ca = auth.ca().orElse(null);
        Path crl = auth.crl().orElse(null);
        if (!auth.isOn() || ca == null) {
            return;
        }
        List<X509Certificate> authorities = found.certificates(ca);
        for (X509Certificate authority : authorities) {
            found.validity(auth.place(), "ca", ca, authority);
        }
        if (crl != null) {
            try {
                lists(auth, authorities, crl, PemFile.revocations(crl));
            } catch (IOException gone) {
                // It was there a moment ago.
            }
        }
    }

    private void lists(ClientAuth auth, List<X509Certificate> authorities, Path crl, List<X509CRL> lists) {
        Instant now = Instant.now();
        Set<Object> issuers = new HashSet<>();
        for (X509CRL list : lists) {
            issuers.add(list.getIssuerX500Principal());
            Instant until = list.getNextUpdate() == null ? Instant.MIN : list.getNextUpdate().toInstant();
            if (until.isBefore(now)) {
                found.warn(auth.place(), "crl", "the list of "
                        + Printable.quote(list.getIssuerX500Principal().getName()) + " in " + crl
                        + " is out of date" + (list.getNextUpdate() == null ? "" : " since " + until)
                        + ": its clients are refused");
            }
        }
        for (X509Certificate authority : authorities) {
            if (!issuers.contains(authority.getSubjectX500Principal())) {
                found.warn(auth.place(), "crl", crl + " has no list of the authority "
                        + Printable.quote(authority.getSubjectX500Principal().getName())
                        + ": its clients are refused; add its list, which may be empty");
            }
        }
    }
}
