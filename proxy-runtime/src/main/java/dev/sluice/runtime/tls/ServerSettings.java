package dev.sluice.runtime.tls;

import java.util.List;

/**
 * Settings of a {@link TlsServer}, but for certificates: its own change without it, those of clients are a matter of trust.
 *
 * @param versions of TLS, by the JDK's names
 * @param suites cipher suites by the names of IANA
 * @param groups for the key exchange by the names of IANA, the preferred first; empty = those of the engine
 * @param protocols application protocols (ALPN), the preferred first; empty = none is agreed on
 * @param rejectsUnknown whether clients that ask for a name that no certificate has are refused
 * @param tickets rules about sessions that go on
 */
public record ServerSettings(List<String> versions, List<String> suites, List<String> groups, List<String> protocols,
        boolean rejectsUnknown, TicketRules tickets) {
    public ServerSettings {
        versions = List.copyOf(versions);
        suites = List.copyOf(suites);
        groups = List.copyOf(groups);
        protocols = List.copyOf(protocols);
    }
}
