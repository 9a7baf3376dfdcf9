package dev.sluice.runtime.config.model;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.runtime.shape.Syntax;

/**
 * The admin interface.
 *
 * @param listen an address that only this machine can reach, or any address with a token
 * @param tokenFile the file of the token that requests need; absolute. Empty = they need none
 * @param capture what a capture may contain
 */
public record AdminConfig( // @formatter:off
        @Syntax(Syntax.Kind.LISTEN_ADDRESS)
        @ConfigDescription(value = "A loopback address or unix:/path; with tokenFile any address.",
                hint = "an address, such as \"127.0.0.1:9901\"")
        SocketAddress listen,
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("A file with the token that requests have to bring, relative to this file. Default: none "
                + "is needed.")
        Optional<Path> tokenFile,
        @ConfigDefault("headers")
        @ConfigDescription("What a capture of connections may contain: off, there is none; headers, addresses, lengths and times; payload, "
                + "the bytes too, those within TLS among them, for everybody who may use this interface.")
        Capture capture,
        ConfigPlace place) { // @formatter:on
    /** The content that captures may have. */
    public enum Capture {
        /** There are no captures. */
        OFF,
        /** Addresses, lengths and times. */
        HEADERS,
        /** Bytes, too. */
        PAYLOAD
    }

    public AdminConfig {
        tokenFile = tokenFile.map(file -> place.directory().resolve(file).normalize());
    }

    /** Whether only this machine can reach the address. */
    public boolean isLocal() {
        return !(listen instanceof InetSocketAddress inet) || inet.getAddress().isLoopbackAddress();
    }
}
