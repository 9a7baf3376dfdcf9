package dev.sluice.runtime.proxyprotocol;

import org.jspecify.annotations.Nullable;

/**
 * The TLVs that are sent in a header of version 2; null = left out, and so is a value that is longer than its bound.
 *
 * @param authority the host name that the client asked for, at most 255 bytes of UTF-8
 * @param alpn the protocol that the client speaks, at most 255 bytes
 * @param uniqueId the id of the connection, at most 128 bytes
 * @param ssl the value of PP2_TYPE_SSL, at most 1,024 bytes, as {@link ProxyTlvs#value} has it; not copied
 * @param crc32c whether the header has a checksum
 */
public record SentTlvs(@Nullable String authority, @Nullable String alpn, @Nullable String uniqueId,
        byte @Nullable [] ssl, boolean crc32c) {
    /** No TLVs. */
    public static final SentTlvs NONE = new SentTlvs(null, null, null, null, false);

    public SentTlvs {
        if (ssl != null && ssl.length < Tlv.SSL_PREFIX_BYTES) {
            throw new IllegalArgumentException("ssl has " + ssl.length + " bytes, but at least "
                    + Tlv.SSL_PREFIX_BYTES + " are needed");
        }
    }
}
