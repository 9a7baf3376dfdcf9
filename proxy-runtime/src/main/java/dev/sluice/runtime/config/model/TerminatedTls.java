package dev.sluice.runtime.config.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigOneOf;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.Syntax;

/** The TLS of a listener's clients, which ends at the proxy. */
public record TerminatedTls( // @formatter:off
        @ConfigNotEmpty(required = true)
        @ConfigDescription(value = "The certificates with their keys. The client's server name chooses; the first serves clients that "
                + "name nobody.",
                hint = "a list, as in [ { certificate: site.pem, key: site.key } ]")
        List<Certificate> certificates,
        @ConfigDefault("default")
        @ConfigDescription("The answer to a server name that no certificate has: the first certificate, or a refusal.")
        UnknownName unknownName,
        @ConfigNotEmpty @Syntax(Syntax.Kind.PASSED_SERVER_NAME)
        @ConfigDescription("Server names whose clients are not terminated: their bytes go on as they are. A name, or *.example.com for "
                + "exactly one more label. Default: none.")
        List<String> passthrough,
        @ConfigDefault("1.2") @ConfigDescription("The oldest version of TLS that is spoken: 1.2 or 1.3.") TlsVersion minVersion,
        @Syntax(Syntax.Kind.ALPN)
        @ConfigDescription("Application protocols (ALPN), the preferred first; clients that offer others alone are refused. Default: none "
                + "is agreed on.")
        List<String> alpn,
        @ConfigNotEmpty
        @ConfigDescription("Cipher suites of TLS 1.3 and 1.2, by their names of IANA or OpenSSL; the client's preference counts. Default: "
                + "all nine that are spoken.")
        List<CipherSuite> ciphers,
        @ConfigNotEmpty
        @ConfigDescription("Groups for the key exchange: X25519MLKEM768, X25519, P-256, P-384. Default: those of the engine.")
        List<KeyGroup> groups,
        @ConfigDefault("{}") @ConfigDescription("The certificates of clients.") ClientAuth clientAuth,
        @ConfigDefault("{}") @ConfigDescription("The tickets by which sessions go on in later handshakes; off for none.") TicketConfig tickets,
        @ConfigDefault("{}") @ConfigDescription("Bounds of handshakes.") HandshakeBounds handshake,
        @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("10s")
        @ConfigDescription("The most time from the first byte of a record to its last.") Duration recordTimeout,
        @ConfigDefault("reset")
        @ConfigDescription("The end of a stream without close_notify, which an attacker can forge: reset passes it on as a cut, finish as an "
                + "end.")
        Truncation onTruncation,
        @ConfigDescription("The protocol in which clients ask for TLS before the handshake: postgres. Default: the first byte is that of the "
                + "handshake.")
        Optional<StartTlsProtocol> startTls,
        ConfigPlace place) { // @formatter:on

    /** A certificate with its key, or a directory with several. */
    @ConfigOneOf(value = {"certificate",
        "directory"}, allowed = "one of the two: a certificate, or a directory with several")
    public record Certificate( // @formatter:off
            @Syntax(Syntax.Kind.PATH)
            @ConfigDescription(value = "The file of the certificate and those of the authorities that signed it, in PEM.",
                    hint = "a file in PEM; or directory, with several")
            Optional<Path> certificate,
            @Syntax(Syntax.Kind.PATH)
            @ConfigDescription("The file of the private key, in PEM. Default: it is in the file of the certificate.")
            Optional<Path> key,
            @Syntax(Syntax.Kind.PATH)
            @ConfigDescription("A directory with certificates: NAME.pem or NAME.crt, and its key in NAME.key or in the same file. New files "
                    + "are noticed by a reload, or by watch.")
            Optional<Path> directory,
            @Syntax(Syntax.Kind.PATH)
            @ConfigDescription("The file with the password of the private keys, if they are encrypted (PKCS #8).")
            Optional<Path> keyPasswordFile,
            ConfigPlace place) { // @formatter:on
        public Certificate {
            certificate = certificate.map(file -> place.directory().resolve(file).normalize());
            directory = directory.map(file -> place.directory().resolve(file).normalize());
            keyPasswordFile = keyPasswordFile.map(file -> place.directory().resolve(file).normalize());
            key = key.map(file -> place.directory().resolve(file).normalize());
        }

    }

    /** Answers to a server name that no certificate has. */
    public enum UnknownName {
        /** The first certificate. */
        DEFAULT,
        /** The alert unrecognized_name. */
        REJECT
    }

    /** Ways of passing on an end without close_notify. */
    public enum Truncation {
        /** As a cut: the endpoint is reset. */
        RESET,
        /** As an end: the endpoint gets FIN. */
        FINISH
    }

    /** Bounds of handshakes. */
    public record HandshakeBounds( // @formatter:off
            @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("10s")
            @ConfigDescription("The time from the accept in which a handshake has to be complete.") Duration deadline,
            @ConfigRange(min = "1", max = "1000000") @ConfigDefault("1000")
            @ConfigDescription("The most handshakes of the listener at one time; further clients wait.") int max) {} // @formatter:on

    public TerminatedTls {
        certificates = List.copyOf(certificates);
        passthrough = passthrough.stream().distinct().toList();
        alpn = List.copyOf(alpn);
        ciphers = ciphers.stream().distinct().toList();
        groups = groups.stream().distinct().toList();
    }
}
