package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.CipherSuite;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.KeyGroup;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.relay.TlsRules;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.Passthrough;
import dev.sluice.runtime.tls.RecordRules;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.TicketRules;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.boring.BoringTls;
import dev.sluice.runtime.tls.jdk.JdkServer;
import dev.sluice.runtime.tls.jdk.JdkTls;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/** The translation of the keys {@code tls} of listeners, which reads certificates and keys. */
final class TlsSettings {
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
            boolean broken = false;
            for (TerminatedTls.Certificate certificate : tls.certificates()) {
                try {
                    int known = identities.size();
                    IdentityFiles.read(certificate, identities, files);
                    for (Identity identity : identities.subList(known, identities.size())) {
                        TlsEngines.check(configuration.tls(), tls, identity);
                    }
                } catch (ConfigException e) {
                    broken = true;
                    problems.add(Problem.at(certificate.place(), e));
                }
            }
            if (!identities.isEmpty() && !broken) {
                try {
                    KeySuites.check(tls, identities);
                } catch (ConfigException e) {
                    problems.add(Problem.at(tls.place(), e));
                }
            }
            if (!identities.isEmpty()) {
                all.put(listener.name(), new Identities(identities));
            } else if (!broken) {
                problems.add(Problem.at(tls.place(), new ConfigException("certificates", "there is no certificate yet",
                        "a directory with at least one NAME.pem or NAME.crt", null)));
            }
        }
        return all;
    }

    /**
     * The rules about the TLS of a listener's connections.
     *
     * @param trust in the certificates of clients; null = none is asked for
     * @param tickets rules about sessions that go on
     * @param boring the engine, if it is BoringSSL; null = that of the JDK
     * @param engineDetail its version, or the reason for which it is not the other one
     */
    static TlsRules rules(ListenerConfig listener, TerminatedTls config, Identities identities,
            @Nullable ClientTrust trust, TicketRules tickets, JdkTls process, @Nullable BoringTls boring,
            String engineDetail) {
        List<String> versions = UpstreamTlsSettings.versions(config.minVersion());
        // A client of PostgreSQL that begins with the handshake at once insists on its protocol.
        List<String> protocols = config.alpn().isEmpty() && config.startTls().isPresent()
                ? List.of("postgresql")
                : config.alpn();
        boolean rejects = config.unknownName() == TerminatedTls.UnknownName.REJECT;
        List<String> suites = config.ciphers().isEmpty()
                ? JdkServer.SUITES
                : config.ciphers().stream().map(CipherSuite::name).toList();
        ServerSettings settings = new ServerSettings(versions, suites,
                config.groups().stream().map(KeyGroup::name).toList(), protocols, rejects, tickets);
        TlsServer server = boring == null
                ? new JdkServer(process.context(listener.name(), identities, trust), settings)
                : boring.server(listener.name(), settings, trust);
        return new TlsRules(server, identities.fingerprints(),
                new RecordRules(process.ciphers(), config.recordTimeout().toNanos(),
                        config.onTruncation() == TerminatedTls.Truncation.RESET),
                process.sessions(),
                process.slots(listener.name()),
                Math.max(1, config.handshake().max() / process.ciphers().size()), process.workers(),
                config.handshake().deadline().toNanos(), UpstreamTlsSettings.startTls(config.startTls()),
                new Passthrough(config.passthrough()), boring == null ? "jdk" : "boringssl", engineDetail);
    }
}
