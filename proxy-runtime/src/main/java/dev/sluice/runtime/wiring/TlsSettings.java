package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.config.model.TlsVersion;
import dev.sluice.runtime.relay.TlsRules;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.boring.BoringTls;
import dev.sluice.runtime.tls.jdk.JdkServer;
import dev.sluice.runtime.tls.jdk.JdkTls;
import dev.sluice.runtime.tls.pem.PemFile;
import org.jspecify.annotations.Nullable;

/** The translation of the keys {@code tls} of listeners, which reads certificates and keys. */
final class TlsSettings {
    private static final byte[] PROBE = new byte[32];

    private TlsSettings() {}

    /**
     * The certificates by the names of the listeners that terminate TLS.
     *
     * @param problems gets those that show only now
     * @param files gets the files that were read, with their state before
     */
    static Map<String, Identities> certificates(Configuration configuration, List<Problem> problems,
            Map<Path, FileStamp> files) {
        Map<String, Identities> all = new LinkedHashMap<>();
        TlsEngines.check(configuration, problems);
        for (ListenerConfig listener : configuration.listeners()) {
            TerminatedTls tls = listener.tls().orElse(null);
            if (tls == null) {
                continue;
            }
            List<Identity> identities = new ArrayList<>();
            for (TerminatedTls.Certificate certificate : tls.certificates()) {
                files.put(certificate.certificate(), FileStamp.of(certificate.certificate()));
                files.put(certificate.keyFile(), FileStamp.of(certificate.keyFile()));
                try {
                    Identity identity = identity(certificate);
                    TlsEngines.check(configuration.tls(), identity);
                    identities.add(identity);
                } catch (ConfigException e) {
                    problems.add(Problem.at(certificate.place(), e));
                }
            }
            if (!identities.isEmpty()) {
                all.put(listener.name(), new Identities(identities));
            }
        }
        return all;
    }

    private static Identity identity(TerminatedTls.Certificate config) {
        List<X509Certificate> chain;
        try {
            chain = PemFile.read(config.certificate()).certificates();
        } catch (IOException e) {
            throw new ConfigException("certificate", config.certificate() + " " + e.getMessage(),
                    "a file with certificates in PEM", null);
        }
        if (chain.isEmpty()) {
            throw new ConfigException("certificate", config.certificate() + " has no certificate",
                    "a file with certificates in PEM", null);
        }
        String key = config.key().isPresent() ? "key" : "certificate";
        PrivateKey privateKey;
        try {
            privateKey = PemFile.read(config.keyFile()).key();
        } catch (IOException e) {
            throw new ConfigException(key, config.keyFile() + " " + e.getMessage(), "a file with a private key in PEM",
                    null);
        }
        if (!fits(privateKey, chain.getFirst().getPublicKey())) {
            throw new ConfigException(key,
                    "the key in " + config.keyFile() + " is not that of the first certificate in "
                            + config.certificate(),
                    "the key of that certificate; the certificate itself comes first in its file", null);
        }
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (!chain.get(i).getIssuerX500Principal().equals(chain.get(i + 1).getSubjectX500Principal())) {
                throw new ConfigException("certificate", "certificate " + (i + 2) + " in " + config.certificate()
                        + " is not that of the authority that signed the one before",
                        "the certificate, then that of the authority that signed it, and so on", null);
            }
        }
        return Identity.of(chain, privateKey);
    }

    /** Whether a private key and a public one belong together: one checks what the other has signed. */
    private static boolean fits(PrivateKey key, PublicKey certified) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key, new SecureRandom());
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * The rules about the TLS of a listener's connections.
     *
     * @param boring the engine, if it is BoringSSL; null = that of the JDK
     */
    static TlsRules rules(ListenerConfig listener, TerminatedTls config, Identities identities, JdkTls process,
            @Nullable BoringTls boring) {
        List<String> versions = new ArrayList<>(List.of(TlsVersion.TLS13.label()));
        if (config.minVersion() == TlsVersion.TLS12) {
            versions.add(TlsVersion.TLS12.label());
        }
        boolean rejects = config.unknownName() == TerminatedTls.UnknownName.REJECT;
        TlsServer server = boring == null
                ? new JdkServer(process.context(listener.name(), identities), versions, JdkServer.SUITES, config.alpn(),
                        rejects)
                : boring.server(listener.name(), versions, JdkServer.SUITES, config.alpn(), rejects);
        return new TlsRules(server, identities.fingerprints(), process.ciphers(), process.sessions(),
                process.slots(listener.name()),
                Math.max(1, config.handshake().max() / process.ciphers().size()), process.workers(),
                config.handshake().deadline().toNanos(), config.recordTimeout().toNanos(),
                config.onTruncation() == TerminatedTls.Truncation.RESET);
    }
}
