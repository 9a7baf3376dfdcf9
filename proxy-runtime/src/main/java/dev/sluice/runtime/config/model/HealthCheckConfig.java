package dev.sluice.runtime.config.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.Syntax;

/** A health check of a cluster: the proxy asks each endpoint itself, whether or not clients come. */
public record HealthCheckConfig( // @formatter:off
        @ConfigDefault("tcp") @ConfigDescription("The kind of check.") Type type,
        @ConfigRange(min = "100ms", max = "24h") @ConfigDefault("5s")
        @ConfigDescription("The time between checks; after a change of the result it is at most 1s.") Duration interval,
        @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("1s")
        @ConfigDescription("The time within which a check has to succeed.") Duration timeout,
        @ConfigRange(min = "1", max = "100") @ConfigDefault("2")
        @ConfigDescription("Successes in a row after which an endpoint that is down is up.") int rise,
        @ConfigRange(min = "1", max = "100") @ConfigDefault("3")
        @ConfigDescription("Failures in a row after which an endpoint that is up is down.") int fall,
        @ConfigDescription("The bytes of a check of the type tcp. Default: none, it is enough to connect.")
        Optional<Tcp> tcp,
        @ConfigDescription("The request of a check of the type http.") Optional<Http> http,
        @ConfigDescription("The handshake of a check of the type tls.") Optional<Tls> tls,
        ConfigPlace place) { // @formatter:on

    /** Kinds of checks. */
    public enum Type {
        /** Connects, and may send and expect bytes. */
        TCP,
        /** Sends a request of HTTP/1.1 and looks at the status. */
        HTTP,
        /** Makes a TLS handshake. */
        TLS
    }

    /** Bytes that a check sends, and bytes that have to be in the answer. */
    public record Tcp( // @formatter:off
            @Syntax(Syntax.Kind.BYTES)
            @ConfigDescription("The text to send, in UTF-8; in double quotes, \\r\\n are a line end.") Optional<String> send,
            @ConfigDescription("The bytes to send, in hexadecimal digits; instead of send.") Optional<HexBytes> sendHex,
            @Syntax(Syntax.Kind.BYTES)
            @ConfigDescription("A text that has to be within the first 4 KiB of the answer.") Optional<String> expect,
            @ConfigDescription("Bytes that have to be within the first 4 KiB of the answer; instead of expect.")
            Optional<HexBytes> expectHex,
            ConfigPlace place) {} // @formatter:on

    /** A request of HTTP/1.1. */
    public record Http( // @formatter:off
            @Syntax(Syntax.Kind.LINE) @ConfigDefault("/") @ConfigDescription("The path, which may have a query.")
            String path,
            @Syntax(Syntax.Kind.LINE)
            @ConfigDescription("The header Host. Default: the address of the endpoint.") Optional<String> host,
            @ConfigRange(min = "1", max = "65535")
            @ConfigDescription("The port to ask. Default: that of the endpoint.") Optional<Integer> port,
            @Syntax(Syntax.Kind.NAME) @ConfigDefault("GET") @ConfigDescription("The method.") String method,
            @ConfigNotEmpty @ConfigDefault("[200-399]") @ConfigDescription("The statuses of an endpoint that is up.")
            List<StatusRange> expectedStatus,
            ConfigPlace place) { // @formatter:on
        /** The request of a check that does not write one. */
        public static final Http DEFAULT = new Http("/", Optional.empty(), Optional.empty(), "GET",
                List.of(new StatusRange(200, 399)), ConfigPlace.NONE);

        public Http {
            expectedStatus = List.copyOf(expectedStatus);
        }
    }

    /** A TLS handshake. */
    public record Tls( // @formatter:off
            @ConfigDescription("The server name to ask for, which the certificate has to have. Default: the address of "
                    + "the endpoint, and no server name in the handshake.") Optional<HostName> sni,
            @ConfigDefault("true")
            @ConfigDescription("Whether the certificate has to be valid for the name, and signed by a known authority.")
            boolean verify,
            @Syntax(Syntax.Kind.PATH)
            @ConfigDescription("The certificates of authorities, in PEM. Default: those of the Java runtime.")
            Optional<Path> ca,
            ConfigPlace place) { // @formatter:on
        /** The handshake of a check that does not write one. */
        public static final Tls DEFAULT = new Tls(Optional.empty(), true, Optional.empty(), ConfigPlace.NONE);

        public Tls {
            ca = ca.map(file -> place.directory().resolve(file).normalize());
        }
    }
}
