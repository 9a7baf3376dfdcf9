package dev.sluice.runtime.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SNIHostName;

import dev.sluice.runtime.config.model.CipherSuite;
import dev.sluice.runtime.config.model.ClientAuth;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterTls;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.HealthCheckConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.config.model.TicketConfig;
import dev.sluice.runtime.config.model.TlsVersion;

/**
 * Checks of the keys {@code tls}: a record has to fit into a buffer, a second buffer is needed for sealing, and certificates of clients need
 * authorities.
 */
final class TlsChecks {
    /** A record of 16 KiB behind bytes that filters hold. */
    private static final int LEAST_BUFFER = 64 * 1024;
    /** Buffers for each event loop: one to read, one to seal, and as many that wait for slow receivers. */
    private static final int LEAST_BUFFERS = 4;

    /** The most keys of tickets: a ticket is looked for among them one by one. */
    private static final int MOST_TICKET_KEYS = 32;

    private final Problems problems;

    TlsChecks(Problems problems) {
        this.problems = problems;
    }

    void check(Configuration configuration) {
        configuration.listeners().forEach(
                listener -> listener.tls().map(TerminatedTls::clientAuth).ifPresent(this::clientAuth));
        configuration.listeners().forEach(listener -> listener.tls().ifPresent(this::suites));
        configuration.listeners()
                .forEach(listener -> listener.tls().map(TerminatedTls::tickets).ifPresent(this::tickets));
        configuration.clusters().forEach(cluster -> cluster.tls().ifPresent(tls -> endpoints(cluster, tls)));
        configuration.clusters().forEach(cluster -> cluster.healthCheck().flatMap(HealthCheckConfig::tls)
                .ifPresent(this::healthCheck));
        configuration.listeners().forEach(listener -> passthrough(configuration, listener));
        String speaker = configuration.listeners().stream().filter(listener -> listener.tls().isPresent())
                .map(listener -> "listener " + listener.name()).findFirst()
                .or(() -> configuration.clusters().stream().filter(cluster -> cluster.tls().isPresent())
                        .map(cluster -> "cluster " + cluster.name()).findFirst())
                .orElse(null);
        MemoryConfig memory = configuration.memory();
        if (speaker == null || memory.place().isWrong("readBuffer")) {
            return;
        }
        long buffer = memory.readBuffer().bytes();
        if (buffer < LEAST_BUFFER) {
            problems.add(memory.place().at("readBuffer"), "a record of TLS does not fit, and " + speaker + " has tls",
                    "at least 64KiB", null);
            return;
        }
        boolean known = !memory.place().isWrong("pool") && !configuration.runtime().place().isWrong("eventLoops");
        long least = buffer * LEAST_BUFFERS * configuration.runtime().eventLoops();
        if (known && memory.pool().bytes() < least) {
            problems.add(memory.place().at("pool"), memory.pool() + " is less than " + LEAST_BUFFERS
                    + " read buffers for each event loop, which TLS needs", "at least " + least / 1024 + "KiB", null);
        }
    }

    private static boolean isServerName(String name) {
        try {
            return !new SNIHostName(name).getAsciiName().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The TLS of a cluster: what is verified has to be known, and a key belongs to a certificate. */
    private void endpoints(ClusterConfig cluster, ClusterTls tls) {
        ConfigPlace place = tls.place();
        boolean named = place.isWrong("serverName") || tls.sni() == ClusterTls.Sni.PASS
                || cluster.tlsName().isPresent();
        if (tls.verify() == ClusterTls.Verify.FULL && !place.isWrong("verify") && !named) {
            problems.add(place.at(null),
                    "the key 'serverName' is missing: endpoints are known by their addresses, and without a name their"
                            + " certificates cannot be verified",
                    "serverName: NAME, as it stands in the certificates; or verify: chain, which accepts any name",
                    null);
        }
        cluster.tlsName().filter(name -> !isServerName(name.text())).ifPresent(name -> problems.add(
                place.at(tls.serverName().isPresent() ? "serverName" : null),
                "'" + name + "' cannot be asked for in a handshake: server names have no underscores",
                "serverName: NAME, as it stands in the certificates", null));
        if (tls.key().isPresent() && tls.certificate().isEmpty() && !place.isWrong("certificate")) {
            problems.add(place.at("key"), "a key without a certificate", "certificate and key, or neither", null);
        }
        if (tls.verify() != ClusterTls.Verify.FULL && !place.isWrong("verify")) {
            boolean none = tls.verify() == ClusterTls.Verify.NONE;
            problems.warn(place.at("verify"), none
                    ? "the certificates of the endpoints are not verified: an attacker between them and the proxy reads and changes all"
                            + " bytes"
                    : "the names in the certificates of the endpoints are not verified: any server with a certificate of the authorities can"
                            + " stand in for them");
        }
        if (tls.verify() == ClusterTls.Verify.NONE && tls.ca().isPresent()) {
            problems.warn(place.at("ca"), "with verify: none the authorities change nothing");
        }
    }

    private void healthCheck(HealthCheckConfig.Tls tls) {
        if (!tls.verify() && !tls.place().isWrong("verify")) {
            problems.warn(tls.place().at("verify"),
                    "the certificate is not verified: the check also succeeds with one that has expired, or with another server");
        }
    }

    /** Clients that are passed through speak TLS with the endpoint: where the proxy does so too, it is in TLS twice. */
    private void passthrough(Configuration configuration, ListenerConfig listener) {
        TerminatedTls tls = listener.tls().orElse(null);
        if (tls == null || tls.passthrough().isEmpty() || listener.routes().isEmpty()) {
            return;
        }
        Set<String> plain = configuration.clusters().stream().filter(cluster -> cluster.tls().isEmpty())
                .map(ClusterConfig::name).collect(Collectors.toSet());
        if (listener.routes().stream().noneMatch(route -> plain.contains(route.cluster()))) {
            problems.warn(tls.place().at("passthrough"),
                    "every cluster of this listener has tls, so that what is passed through"
                            + " is encrypted once more on its way; endpoints expect that from nobody");
        }
    }

    private void suites(TerminatedTls tls) {
        boolean known = !tls.place().isWrong("ciphers") && !tls.place().isWrong("minVersion");
        if (known && tls.minVersion() == TlsVersion.TLS13 && !tls.ciphers().isEmpty()
                && tls.ciphers().stream().noneMatch(CipherSuite::isTls13)) {
            problems.add(tls.place().at("ciphers"),
                    "none of these is of TLS 1.3, and minVersion allows no other version",
                    "at least one of TLS 1.3, such as TLS_AES_128_GCM_SHA256", null);
        }
    }

    private void clientAuth(ClientAuth auth) {
        ConfigPlace place = auth.place();
        if (place.isWrong("mode") || place.isWrong("ca") || place.isWrong("crl")) {
            return;
        }
        if (auth.isOn() && auth.ca().isEmpty()) {
            problems.add(place.at("mode"),
                    "without ca there is no authority by which the certificate of a client could be good",
                    "ca: FILE beside mode", null);
        } else if (!auth.isOn() && (auth.ca().isPresent() || auth.crl().isPresent())) {
            problems.add(place.at(auth.ca().isPresent() ? "ca" : "crl"),
                    "with mode none no client is asked for a certificate, and nothing is checked",
                    "mode: require or mode: request beside it, or neither ca nor crl", null);
        }
    }

    private void tickets(TicketConfig tickets) {
        ConfigPlace place = tickets.place();
        if (!place.isWrong("mode") && !tickets.isOn()) {
            for (String key : List.of("keys", "lifetime", "rotate")) {
                if (place.has(key)) {
                    problems.add(place.at(key), "without tickets nothing follows it",
                            "tickets: off alone, or mode: on", null);
                }
            }
        } else if (!tickets.keys().isEmpty() && place.has("rotate")) {
            problems.add(place.at("rotate"), "the keys in files are replaced by other files",
                    "keys without rotate, or rotate without keys", null);
        } else if (!place.isWrong("lifetime") && !place.isWrong("rotate")
                && tickets.lifetime().compareTo(tickets.rotate().multipliedBy(MOST_TICKET_KEYS)) > 0) {
            problems.add(place.at("rotate"),
                    "tickets that count for " + Quantities.show(tickets.lifetime()) + " would need more than "
                            + MOST_TICKET_KEYS + " keys at one time",
                    "at least a " + MOST_TICKET_KEYS + "th of lifetime", null);
        }
    }
}
