package dev.sluice.runtime.config;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterConfig.Dns;
import dev.sluice.runtime.config.model.ClusterConfig.LoadBalancing;
import dev.sluice.runtime.config.model.ClusterConfig.OutlierDetection;
import dev.sluice.runtime.config.model.ClusterConfig.RecordType;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.DnsServer;
import dev.sluice.runtime.config.model.HealthCheckConfig;

/** Checks of the keys of a cluster that depend on each other: discovery, health checks, ejection, slow start. */
final class ClusterChecks {
    private static final int MYSQL_PORT = 3306;
    /** What double quotes of YAML would have made a character of, or {@code printf} a byte. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\[rnt0x]");

    private final Problems problems;

    ClusterChecks(Problems problems) {
        this.problems = problems;
    }

    void check(ClusterConfig cluster) {
        cluster.dns().ifPresent(this::dns);
        cluster.healthCheck().ifPresent(check -> healthCheck(check, cluster));
        cluster.outlierDetection().ifPresent(this::ejection);
        slowStart(cluster);
        queue(cluster);
        if (cluster.healthCheck().isEmpty()) {
            without(cluster, "panicThreshold",
                    "without healthCheck no endpoint is found down, so this changes nothing");
            without(cluster, "onUnhealthy", "without healthCheck no endpoint is found down, so this changes nothing");
        }
    }

    private void without(ClusterConfig cluster, String key, String what) {
        if (cluster.place().has(key) && !cluster.place().isWrong(key)) {
            problems.warn(cluster.place().at(key), what);
        }
    }

    private void dns(Dns dns) {
        ConfigPlace place = dns.place();
        if (place.isWrong("type")) {
            return;
        }
        boolean srv = dns.type().contains(RecordType.SRV);
        if (srv && dns.type().size() > 1) {
            problems.add(place.at("type"), "SRV beside other types", "SRV alone, or A and AAAA", "[SRV]");
        } else if (srv && dns.port().isPresent()) {
            problems.add(place.at("port"), "SRV records bring their own ports", "no port with type SRV", null);
        } else if (!srv && dns.port().isEmpty() && !place.isWrong("port")) {
            problems.add(place.at(null), "the key 'port' is missing: A and AAAA records have no port",
                    "a port from 1 to 65535, or type: SRV", null);
        }
        if (dns.servers().size() > 1 && dns.servers().contains(DnsServer.SYSTEM)) {
            problems.add(place.at("servers"), "'system' beside other servers", "system alone, or addresses", null);
        }
    }

    private void healthCheck(HealthCheckConfig check, ClusterConfig cluster) {
        ConfigPlace place = check.place();
        if (place.isWrong("type")) {
            return;
        }
        section(check, "tcp", check.tcp(), HealthCheckConfig.Type.TCP);
        section(check, "http", check.http(), HealthCheckConfig.Type.HTTP);
        section(check, "tls", check.tls(), HealthCheckConfig.Type.TLS);
        check.tcp().ifPresent(tcp -> {
            either(tcp.place(), "send", "sendHex");
            either(tcp.place(), "expect", "expectHex");
            escape(tcp.place(), "send", tcp.send());
            escape(tcp.place(), "expect", tcp.expect());
        });
        advise(check, cluster);
        boolean otherPort = check.http().flatMap(HealthCheckConfig.Http::port).isPresent();
        if (otherPort && cluster.endpoints().stream()
                .anyMatch(endpoint -> endpoint.address() instanceof UnixDomainSocketAddress)) {
            problems.add(place.at("http.port"), "an endpoint of this cluster is a Unix socket, which has no port",
                    "no port, so that each endpoint is asked where it serves", null);
        }
        if (check.timeout().compareTo(check.interval()) > 0 && !place.isWrong("timeout")
                && !place.isWrong("interval")) {
            String key = place.has("timeout") || !place.has("interval") ? "timeout" : "interval";
            problems.add(place.at(key), "timeout " + Quantities.show(check.timeout()) + " is longer than interval "
                    + Quantities.show(check.interval()), "a timeout of at most " + Quantities.show(check.interval()),
                    null);
        }
    }

    /** Warns of checks that harm servers, or that hardly any server passes. */
    private void advise(HealthCheckConfig check, ClusterConfig cluster) {
        boolean says = check.tcp().map(tcp -> tcp.send().isPresent() || tcp.sendHex().isPresent()).orElse(false);
        if (check.type() == HealthCheckConfig.Type.TCP && !says && isMySql(cluster)) {
            problems.warn(check.place().at("type"), "MySQL and MariaDB count a connect without a login as an error, and"
                    + " block this machine after 100 of them in a row (max_connect_errors); ask an agent over HTTP (type:"
                    + " http with http.port), send a login with tcp.sendHex, or raise max_connect_errors");
        }
        boolean named = check.tls().flatMap(HealthCheckConfig.Tls::sni).isPresent();
        boolean verified = check.tls().map(HealthCheckConfig.Tls::verify).orElse(true);
        boolean asCluster = check.tls().isEmpty() && cluster.tls().isPresent();
        if (check.type() == HealthCheckConfig.Type.TLS && verified && !named && !asCluster) {
            problems.warn(check.place().at("type"),
                    "without tls.sni, an endpoint passes only if its certificate has its"
                            + " IP address, which is rare; set tls.sni to the name in the certificate");
        }
    }

    private static boolean isMySql(ClusterConfig cluster) {
        return cluster.dns().flatMap(Dns::port).filter(port -> port == MYSQL_PORT).isPresent()
                || cluster.endpoints().stream()
                        .anyMatch(endpoint -> endpoint.address() instanceof InetSocketAddress inet
                                && inet.getPort() == MYSQL_PORT);
    }

    private void section(HealthCheckConfig check, String key, Optional<?> section, HealthCheckConfig.Type type) {
        if (section.isPresent() && check.type() != type) {
            problems.add(check.place().at(key), "'" + key + "' has no meaning for a check of the type "
                    + Scalars.nameOf(check.type()), "only the section of the check's own type", null);
        }
    }

    private void either(ConfigPlace place, String one, String other) {
        if (place.has(one) && place.has(other)) {
            problems.add(place.at(other), "both " + one + " and " + other, "one of the two", null);
        }
    }

    /** Warns of texts that were meant to have a line end: such a check never passes, and clients are closed for it. */
    private void escape(ConfigPlace place, String key, Optional<String> text) {
        Matcher escape = ESCAPE.matcher(text.orElse(""));
        if (escape.find()) {
            problems.warn(place.at(key), "'" + escape.group() + "' is a backslash and a letter here, since only double"
                    + " quotes make a character of it; write the text in double quotes, or bytes as " + key + "Hex");
        }
    }

    private void ejection(OutlierDetection detection) {
        ConfigPlace place = detection.place();
        if (detection.ejection().compareTo(detection.maxEjection()) <= 0 || place.isWrong("ejection")
                || place.isWrong("maxEjection")) {
            return;
        }
        String key = place.has("maxEjection") ? "maxEjection" : "ejection";
        problems.add(place.at(key), "maxEjection " + Quantities.show(detection.maxEjection())
                + " is shorter than ejection " + Quantities.show(detection.ejection()),
                "a maxEjection of at least " + Quantities.show(detection.ejection()), null);
    }

    private void queue(ClusterConfig cluster) {
        boolean bounded = cluster.maxConnections().isPresent() || cluster.endpointsFile().isPresent()
                || cluster.endpoints().stream().anyMatch(endpoint -> endpoint.maxConnections().isPresent());
        if (cluster.queue().max() > 0 && !bounded && !cluster.place().isWrong("maxConnections")) {
            problems.warn(cluster.place().at("queue"), "without maxConnections, of the cluster or of its endpoints, no"
                    + " client ever waits, so this changes nothing");
        }
    }

    private void slowStart(ClusterConfig cluster) {
        ConfigPlace place = cluster.place();
        if (!cluster.slowStart().isZero() && cluster.loadBalancing() == LoadBalancing.SOURCE_HASH
                && !place.isWrong("loadBalancing")) {
            problems.warn(place.at("slowStart"), "source-hash sends each client to its own endpoint at once, so this"
                    + " changes nothing");
        }
    }
}
