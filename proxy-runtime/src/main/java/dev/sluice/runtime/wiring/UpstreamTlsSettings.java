package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterTls;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.HostName;
import dev.sluice.runtime.config.model.StartTlsProtocol;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.config.model.TlsVersion;
import dev.sluice.runtime.health.CertificateFile;
import dev.sluice.runtime.tls.ClientSettings;
import dev.sluice.runtime.tls.ClientSettings.Verification;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.RecordRules;
import dev.sluice.runtime.tls.StartTls;
import dev.sluice.runtime.tls.UpstreamTls;
import dev.sluice.runtime.tls.jdk.JdkTls;
import org.jspecify.annotations.Nullable;

/** The translation of the keys {@code tls} of clusters, which reads certificates and keys. */
final class UpstreamTlsSettings {
    private UpstreamTlsSettings() {}

    /**
     * The settings by the names of the clusters whose endpoints speak TLS.
     *
     * @param problems gets those that show only now
     * @param files gets the files that were read, with their state before
     */
    static Map<String, ClientSettings> of(Configuration configuration, List<Problem> problems,
            Map<Path, FileStamp> files) {
        Map<String, ClientSettings> all = new LinkedHashMap<>();
        for (ClusterConfig cluster : configuration.clusters()) {
            ClusterTls tls = cluster.tls().orElse(null);
            if (tls == null) {
                continue;
            }
            tls.ca().ifPresent(file -> files.put(file, FileStamp.of(file)));
            tls.certificate().ifPresent(file -> files.put(file, FileStamp.of(file)));
            tls.key().ifPresent(file -> files.put(file, FileStamp.of(file)));
            try {
                all.put(cluster.name(), settings(cluster, tls));
            } catch (ConfigException e) {
                problems.add(Problem.at(tls.place(), e));
            }
        }
        return all;
    }

    private static ClientSettings settings(ClusterConfig cluster, ClusterTls tls) {
        return new ClientSettings(versions(tls.minVersion()), tls.alpn(),
                cluster.tlsName().map(HostName::text).map(UpstreamTlsSettings::relative).orElse(null),
                tls.sni() == ClusterTls.Sni.PASS,
                switch (tls.verify()) {
                    case FULL -> Verification.FULL;
                    case CHAIN -> Verification.CHAIN;
                    case NONE -> Verification.NONE;
                },
                tls.ca().map(UpstreamTlsSettings::authorities).orElse(List.of()), identity(tls), tls.resumption());
    }

    /** The versions from the oldest that is allowed on, the newest first. */
    static List<String> versions(TlsVersion oldest) {
        List<String> versions = new ArrayList<>(List.of(TlsVersion.TLS13.label()));
        if (oldest == TlsVersion.TLS12) {
            versions.add(TlsVersion.TLS12.label());
        }
        return versions;
    }

    /** The conversation before a handshake. */
    static StartTls startTls(Optional<StartTlsProtocol> protocol) {
        return protocol.isPresent() ? StartTls.POSTGRES : StartTls.NONE;
    }

    /** A name without the dot by which DNS marks an absolute one: certificates have none. */
    private static String relative(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static @Nullable Identity identity(ClusterTls tls) {
        Path certificate = tls.certificate().orElse(null);
        return certificate == null
                ? null
                : IdentityFiles.read(certificate, tls.key().orElse(certificate),
                        tls.key().isPresent() ? "key" : "certificate");
    }

    private static List<X509Certificate> authorities(Path file) {
        try {
            return CertificateFile.read(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException("ca", file + " does not exist", "a file with certificates in PEM", null);
        } catch (IOException e) {
            throw new ConfigException("ca", file + " " + e.getMessage(), "a file with certificates in PEM", null);
        }
    }

    /** The rules about the TLS of connections to the endpoints of a cluster; null = there is none. */
    static @Nullable UpstreamTls rules(ClusterConfig cluster, Map<String, ClientSettings> all, JdkTls process) {
        ClusterTls tls = cluster.tls().orElse(null);
        ClientSettings settings = all.get(cluster.name());
        if (tls == null || settings == null) {
            return null;
        }
        return new UpstreamTls(process.client(cluster.name(), settings),
                new RecordRules(process.ciphers(), tls.recordTimeout().toNanos(),
                        tls.onTruncation() == TerminatedTls.Truncation.RESET),
                process.sessions(), process.workers(), startTls(tls.startTls()), settings.passesName());
    }
}
