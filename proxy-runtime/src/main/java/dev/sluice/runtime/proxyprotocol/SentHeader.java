package dev.sluice.runtime.proxyprotocol;

import org.jspecify.annotations.Nullable;

/**
 * The PROXY header that an endpoint gets, and the facts in it beside the addresses.
 *
 * @param version null = none is sent
 * @param authority whether the server name that the client asked for is in it
 * @param alpn whether the protocol that the client prefers is in it
 * @param uniqueId whether an id of the connection is in it
 * @param ssl whether what is known of the client's TLS is in it
 * @param crc32c whether a checksum is in it
 */
public record SentHeader(ProxyHeaderWriter.@Nullable Version version, boolean authority, boolean alpn, boolean uniqueId,
        boolean ssl, boolean crc32c) {
    /** No header. */
    public static final SentHeader NONE = new SentHeader(null, false, false, false, false, false);

    /** Whether there is no header. */
    public boolean isNone() {
        return version == null;
    }
}
