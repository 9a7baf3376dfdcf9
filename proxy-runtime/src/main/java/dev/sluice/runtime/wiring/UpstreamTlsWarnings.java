package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterTls;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.HealthCheckConfig;

/** Warnings about the certificates and keys by which the proxy and endpoints know each other. */
final class UpstreamTlsWarnings {
    private static final String CLIENTS = "1.3.6.1.5.5.7.3.2";

    private UpstreamTlsWarnings() {}

    /** Adds those about all clusters, in their order. */
    static void find(Configuration configuration, CertificateFindings found) {
        for (ClusterConfig cluster : configuration.clusters()) {
            cluster.tls().ifPresent(tls -> cluster(tls, found));
            HealthCheckConfig.Tls check = cluster.healthCheck().flatMap(HealthCheckConfig::tls).orElse(null);
            if (check != null && check.ca().isPresent()) {
                authorities(check.place(), check.ca().get(), found);
            }
        }
    }

    private static void cluster(ClusterTls tls, CertificateFindings found) {
        ConfigPlace place = tls.place();
        tls.ca().ifPresent(file -> authorities(place, file, found));
        Path file = tls.certificate().orElse(null);
        List<X509Certificate> chain = file == null ? List.of() : found.certificates(file);
        if (file == null || chain.isEmpty()) {
            return;
        }
        found.chain(place, "certificate", file);
        found.use(place, "certificate", file, chain.getFirst(), CLIENTS,
                "is not for clients of TLS (its extended key usage lacks clientAuth): endpoints that verify it refuse it");
        found.privateKey(place, tls.key().isPresent() ? "key" : "certificate", tls.key().orElse(file));
    }

    private static void authorities(ConfigPlace place, Path file, CertificateFindings found) {
        for (X509Certificate authority : found.authorities(file)) {
            found.validity(place, "ca", file, authority);
            boolean own = authority.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
            // One that has signed itself can be trusted in no other way.
            if (authority.getBasicConstraints() < 0 && !own) {
                found.warn(place, "ca", CertificateFindings.of(authority, file)
                        + " is not that of an authority: it stands for itself alone, and only until it is renewed;"
                        + " name the certificate of the authority that has signed it");
            }
        }
    }
}
