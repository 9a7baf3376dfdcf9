package dev.sluice.runtime.config.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.Syntax;

/** The TLS of connections to a cluster's endpoints, which begins at the proxy. */
public record ClusterTls( // @formatter:off
        @ConfigDescription("The server name to ask for, which the certificates of the endpoints have to have. Default: the name in dns, if "
                + "there is one.")
        Optional<HostName> serverName,
        @ConfigDefault("fixed")
        @ConfigDescription("The server name: fixed is serverName; pass is the name that the client has asked for, and serverName for clients "
                + "that name nobody.")
        Sni sni,
        @ConfigDefault("full")
        @ConfigDescription("The verification of the endpoints' certificates: full, chain (any name will do) or none (any certificate will "
                + "do).")
        Verify verify,
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("The certificates of the authorities that are trusted, in PEM. Default: those of the Java runtime.")
        Optional<Path> ca,
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("The certificate that is shown to endpoints that ask for one, and those of the authorities that signed it, in PEM. "
                + "Default: none is shown.")
        Optional<Path> certificate,
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("The file of its private key, in PEM. Default: it is in the file of the certificate.")
        Optional<Path> key,
        @ConfigDefault("1.2") @ConfigDescription("The oldest version of TLS that is spoken: 1.2 or 1.3.") TlsVersion minVersion,
        @Syntax(Syntax.Kind.ALPN)
        @ConfigDescription("Application protocols (ALPN) that are offered, the preferred first. Default: none is.") List<String> alpn,
        @ConfigDefault("true") @ConfigDescription("Whether sessions are resumed, which saves work at both ends.") boolean resumption,
        @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("10s")
        @ConfigDescription("The most time from the first byte of a record to its last.") Duration recordTimeout,
        @ConfigDefault("reset")
        @ConfigDescription("The end of a stream without close_notify, which an attacker can forge: reset passes it on as a cut, finish as an "
                + "end.")
        TerminatedTls.Truncation onTruncation,
        @ConfigDescription("The protocol in which the endpoints are asked for TLS before the handshake: postgres. Default: the first byte is "
                + "that of the handshake.")
        Optional<StartTlsProtocol> startTls,
        ConfigPlace place) { // @formatter:on

    /** Server names in handshakes. */
    public enum Sni {
        /** That of the configuration. */
        FIXED,
        /** That of the client. */
        PASS
    }

    /** Verifications of certificates. */
    public enum Verify {
        /** Valid, from a trusted authority, for the name. */
        FULL,
        /** Valid, from a trusted authority. */
        CHAIN,
        /** None. */
        NONE
    }

    public ClusterTls {
        ca = ca.map(file -> place.directory().resolve(file).normalize());
        certificate = certificate.map(file -> place.directory().resolve(file).normalize());
        key = key.map(file -> place.directory().resolve(file).normalize());
        alpn = List.copyOf(alpn);
    }
}
