package dev.sluice.runtime.proxyprotocol;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * The TLVs that are sent in a header of version 2, as bytes, so that those that were received are passed on as they are;
 * null = left out, and so is a value that is longer than its bound: authority and ALPN may have 255 bytes in any case, and more where there is room. The
 * arrays are not copied.
 *
 * @param authority the host name that the client asked for, in UTF-8
 * @param alpn the protocol that the client speaks
 * @param uniqueId the id of the connection, at most 128 bytes
 * @param ssl the value of PP2_TYPE_SSL, at most 1,024 bytes
 * @param crc32c whether the header has a checksum
 */
@SuppressWarnings("ArrayRecordComponent") // It is never compared.
public record SentTlvs(byte @Nullable [] authority, byte @Nullable [] alpn, byte @Nullable [] uniqueId,
        byte @Nullable [] ssl, boolean crc32c) {
    /** No TLVs. */
    public static final SentTlvs NONE = new SentTlvs(null, null, null, null, false);

    // Not the short form, whose parameters would lose that they may be null in the class file.
    public SentTlvs(byte @Nullable [] authority, byte @Nullable [] alpn, byte @Nullable [] uniqueId,
            byte @Nullable [] ssl, boolean crc32c) {
        if (ssl != null && ssl.length < Tlv.SSL_PREFIX_BYTES) {
            throw new IllegalArgumentException("ssl has " + ssl.length + " bytes, but at least "
                    + Tlv.SSL_PREFIX_BYTES + " are needed");
        }
        this.authority = authority;
        this.alpn = alpn;
        this.uniqueId = uniqueId;
        this.ssl = ssl;
        this.crc32c = crc32c;
    }

    /** The bytes of a text. */
    public static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
