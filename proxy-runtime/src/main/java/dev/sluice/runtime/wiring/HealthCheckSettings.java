package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterTls;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.HealthCheckConfig;
import dev.sluice.runtime.config.model.HexBytes;
import dev.sluice.runtime.config.model.HostName;
import dev.sluice.runtime.health.Bytes;
import dev.sluice.runtime.health.CertificateFile;
import dev.sluice.runtime.health.CheckSettings;
import dev.sluice.runtime.health.HttpProbe;
import dev.sluice.runtime.health.Probe;
import dev.sluice.runtime.health.StatusRange;
import dev.sluice.runtime.health.TcpProbe;
import dev.sluice.runtime.health.TlsProbe;
import dev.sluice.runtime.tls.ClientSettings;
import org.jspecify.annotations.Nullable;

/** The translation of the health checks of a configuration, which reads the certificates that they name. */
final class HealthCheckSettings {
    private HealthCheckSettings() {}

    /**
     * The health checks by the names of their clusters.
     *
     * @param upstreamTls settings of the clusters whose endpoints speak TLS
     * @param problems gets those that show only now
     * @param files gets the files that were read, with their state before
     */
    static Map<String, CheckSettings> of(Configuration configuration, Map<String, ClientSettings> upstreamTls,
            List<Problem> problems, Map<Path, FileStamp> files) {
        Map<String, CheckSettings> checks = new LinkedHashMap<>();
        for (ClusterConfig cluster : configuration.clusters()) {
            HealthCheckConfig config = cluster.healthCheck().orElse(null);
            if (config == null) {
                continue;
            }
            config.tls().flatMap(HealthCheckConfig.Tls::ca).ifPresent(file -> files.put(file, FileStamp.of(file)));
            try {
                TlsProbe ofCluster = ofCluster(cluster, upstreamTls);
                Probe probe = probe(config);
                if (probe instanceof TlsProbe own && ofCluster != null) {
                    probe = config.tls().isEmpty() ? ofCluster : own.as(ofCluster);
                }
                checks.put(cluster.name(), new CheckSettings(probe, config.interval(), config.timeout(), config.rise(),
                        config.fall(), ofCluster, null));
            } catch (ConfigException e) {
                problems.add(Problem.at(config.place(), e));
            }
        }
        return checks;
    }

    /** The handshake with the endpoints of a cluster; null = they do not speak TLS, or not yet as they should. */
    private static @Nullable TlsProbe ofCluster(ClusterConfig cluster, Map<String, ClientSettings> upstreamTls) {
        ClientSettings client = upstreamTls.get(cluster.name());
        return client == null
                ? null
                : TlsProbe.of(client,
                        UpstreamTlsSettings.startTls(cluster.tls().flatMap(ClusterTls::startTls)));
    }

    /**
     * The question that a check asks.
     *
     * @throws ConfigException if it cannot be asked
     */
    static Probe probe(HealthCheckConfig config) {
        String section = switch (config.type()) {
            case TCP -> "tcp";
            case HTTP -> "http";
            case TLS -> "tls";
        };
        try {
            return switch (config.type()) {
                case TCP -> config.tcp().<Probe>map(tcp -> new TcpProbe(bytes(tcp.send(), tcp.sendHex()),
                        bytes(tcp.expect(), tcp.expectHex()))).orElse(TcpProbe.CONNECT);
                case HTTP -> http(config.http().orElse(HealthCheckConfig.Http.DEFAULT));
                case TLS -> tls(config.tls().orElse(HealthCheckConfig.Tls.DEFAULT));
            };
        } catch (ConfigException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ConfigException(section, String.valueOf(e.getMessage()), null, null);
        }
    }

    private static Bytes bytes(Optional<String> text, Optional<HexBytes> hex) {
        return hex.map(bytes -> Bytes.of(bytes.bytes())).orElseGet(() -> text.map(Bytes::of).orElse(Bytes.NONE));
    }

    private static Probe http(HealthCheckConfig.Http http) {
        return new HttpProbe(http.path(), http.host(), http.port().map(OptionalInt::of).orElse(OptionalInt.empty()),
                http.method(),
                http.expectedStatus().stream().map(range -> new StatusRange(range.from(), range.to())).toList());
    }

    private static Probe tls(HealthCheckConfig.Tls tls) {
        List<X509Certificate> authorities = tls.ca().map(HealthCheckSettings::certificates).orElse(List.of());
        return new TlsProbe(tls.sni().map(HostName::text), tls.verify(), authorities);
    }

    private static List<X509Certificate> certificates(Path file) {
        try {
            return CertificateFile.read(file);
        } catch (IOException e) {
            throw new ConfigException("tls.ca", file + " " + reason(e), "a file with certificates in PEM", null);
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof java.nio.file.NoSuchFileException
                ? "does not exist"
                : String.valueOf(failure.getMessage());
    }
}
