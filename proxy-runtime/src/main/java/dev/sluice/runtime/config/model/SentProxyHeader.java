package dev.sluice.runtime.config.model;

import java.util.List;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.shape.Shorthand;

/** The PROXY header that an endpoint gets before any other byte. */
@Shorthand("version")
public record SentProxyHeader( // @formatter:off
        @ConfigDescription(value = "v1 (text), v2 (binary) or none.", hint = "v1, v2 or none") Version version,
        @ConfigDescription("Further facts in version 2: the server name and the protocol that the client asked for in TLS, "
                + "an id of the connection, what a load balancer said of the client's TLS, a checksum.")
        List<Tlv> tlvs) { // @formatter:on
    /** Versions of the header. */
    public enum Version {
        /** No header. */
        NONE,
        /** The text of version 1. */
        V1,
        /** The bytes of version 2. */
        V2
    }

    /** Facts beside the addresses (type-length-value). */
    public enum Tlv {
        /** The server name that the client asked for. */
        AUTHORITY,
        /** The protocol that the client prefers. */
        ALPN,
        /** An id that no other connection has. */
        UNIQUE_ID,
        /** What is known of the client's TLS. */
        SSL,
        /** A checksum of the header. */
        CRC32C
    }

    public SentProxyHeader {
        tlvs = tlvs.stream().distinct().toList();
        if (!tlvs.isEmpty() && version != Version.V2) {
            throw new ConfigException("tlvs", "only version v2 has tlvs", "version: v2, or no tlvs", null);
        }
    }
}
