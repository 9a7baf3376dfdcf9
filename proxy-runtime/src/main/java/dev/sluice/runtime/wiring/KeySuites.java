package dev.sluice.runtime.wiring;

import java.util.List;
import java.util.stream.Collectors;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.model.CipherSuite;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.config.model.TlsVersion;
import dev.sluice.runtime.tls.Identity;

/** The fit of cipher suites and the keys of certificates, which those of TLS 1.2 name; those of TLS 1.3 fit all keys. */
final class KeySuites {
    private static final String RSA = "RSA";

    private KeySuites() {}

    /**
     * Refuses suites with which no handshake can succeed.
     *
     * @throws ConfigException if no certificate has a key that one of them is for
     */
    static void check(TerminatedTls tls, List<Identity> identities) {
        if (tls.ciphers().isEmpty() || tls.ciphers().stream().anyMatch(CipherSuite::isTls13)) {
            return;
        }
        List<String> types = identities.stream().map(Identity::keyType).distinct().sorted().toList();
        if (types.stream().noneMatch(type -> fits(tls, type))) {
            boolean rsa = isRsa(types.getFirst());
            throw new ConfigException("ciphers", "all of these are for certificates with keys of "
                    + (rsa ? "ECDSA" : RSA) + ", and the keys here are of " + String.join(" and ", types)
                    + ": no handshake could succeed",
                    "a suite ECDHE-" + (rsa ? RSA : "ECDSA") + "-…, one of TLS 1.3, or a certificate with another key",
                    null);
        }
    }

    /** Adds warnings about certificates that some clients never see. */
    static void warnings(TerminatedTls tls, List<CertificateWarnings.Shown> shown, CertificateFindings found) {
        boolean some12 = tls.ciphers().stream().anyMatch(suite -> !suite.isTls13());
        if (!some12 || tls.minVersion() == TlsVersion.TLS13) {
            return;
        }
        List<CertificateWarnings.Shown> unfit = shown.stream().filter(one -> !fits(tls, type(one))).toList();
        if (!unfit.isEmpty() && unfit.size() == shown.size()) {
            String types = unfit.stream().map(KeySuites::type).distinct().sorted().collect(Collectors.joining(" and "));
            found.warn(tls.place(), "ciphers", "the suites of TLS 1.2 among these are not for keys of " + types
                    + ", and the certificates have no others: clients of TLS 1.2 are refused;"
                    + " write minVersion: \"1.3\" if that is meant");
            return;
        }
        boolean some13 = tls.ciphers().stream().anyMatch(CipherSuite::isTls13);
        for (CertificateWarnings.Shown one : unfit) {
            found.warn(tls.place(), "ciphers", one.words() + " has a key of " + type(one)
                    + ", which none of these suites" + (some13 ? " of TLS 1.2" : "") + " is for: "
                    + (some13 ? "clients of TLS 1.2 never see it" : "it is never shown"));
        }
    }

    private static String type(CertificateWarnings.Shown one) {
        return one.certificate().getPublicKey().getAlgorithm();
    }

    private static boolean fits(TerminatedTls tls, String keyType) {
        return tls.ciphers().stream().filter(suite -> !suite.isTls13())
                .anyMatch(suite -> suite.name().startsWith("TLS_ECDHE_RSA_") == isRsa(keyType));
    }

    private static boolean isRsa(String keyType) {
        return keyType.startsWith(RSA);
    }
}
