package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ClientAuth;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.tls.pem.PemFile;
import dev.sluice.runtime.tls.trust.ClientTrust;

/** The translation of the keys {@code tls.clientAuth} of listeners, which reads authorities and their lists of revoked certificates. */
final class ClientTrusts {
    private ClientTrusts() {}

    /**
     * The trust in clients by the names of the listeners that ask for certificates.
     *
     * @param problems gets those that show only now
     * @param files gets the files that were read, with their state before
     */
    static Map<String, ClientTrust> of(Configuration configuration, List<Problem> problems,
            Map<Path, FileStamp> files) {
        Map<String, ClientTrust> all = new LinkedHashMap<>();
        for (ListenerConfig listener : configuration.listeners()) {
            ClientAuth auth = listener.tls().map(TerminatedTls::clientAuth).orElse(null);
            Path ca = auth == null ? null : auth.ca().orElse(null);
            if (auth == null || ca == null || !auth.isOn()) {
                continue;
            }
            files.put(ca, FileStamp.of(ca));
            auth.crl().ifPresent(file -> files.put(file, FileStamp.of(file)));
            try {
                all.put(listener.name(), trust(auth, ca));
            } catch (ConfigException e) {
                problems.add(Problem.at(auth.place(), e));
            }
        }
        return all;
    }

    private static ClientTrust trust(ClientAuth auth, Path ca) {
        List<X509Certificate> authorities = authorities(ca);
        List<X509CRL> revocations = List.of();
        Path crl = auth.crl().orElse(null);
        if (crl != null) {
            try {
                revocations = PemFile.revocations(crl);
            } catch (IOException e) {
                throw new ConfigException("crl", crl + " " + e.getMessage(),
                        "a file with lists of revoked certificates (CRL), in PEM or DER", null);
            }
        }
        return new ClientTrust(
                auth.mode() == ClientAuth.Mode.REQUIRE ? ClientTrust.Mode.REQUIRE : ClientTrust.Mode.REQUEST,
                authorities, revocations, auth.depth());
    }

    private static List<X509Certificate> authorities(Path ca) {
        List<X509Certificate> authorities;
        try {
            authorities = PemFile.read(ca).certificates();
        } catch (IOException e) {
            throw new ConfigException("ca", ca + " " + e.getMessage(), "a file with certificates in PEM", null);
        }
        if (authorities.isEmpty()) {
            throw new ConfigException("ca", ca + " has no certificate", "a file with certificates in PEM", null);
        }
        for (X509Certificate authority : authorities) {
            boolean old = authority.getVersion() < 3
                    && authority.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
            if (authority.getBasicConstraints() < 0 && !old) {
                throw new ConfigException("ca",
                        ca + " has a certificate that is not of an authority: "
                                + Printable.quote(authority.getSubjectX500Principal().getName()),
                        "certificates that may sign others (basicConstraints CA:TRUE)", null);
            }
        }
        return authorities;
    }
}
