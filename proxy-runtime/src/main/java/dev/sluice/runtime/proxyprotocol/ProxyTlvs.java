package dev.sluice.runtime.proxyprotocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The TLVs of a header: the received bytes, whose structure was checked, and which are searched on demand. Immutable.
 *
 * <p>Texts are fit to be logged: a byte that is no part of a printable character is {@code \xNN}, a backslash is two, and the end beyond
 * {@value Escaped#MOST_CHARACTERS} characters is cut off. Authority and common name are UTF-8, the others ASCII. TLVs of type NOOP are padding, and
 * not shown.
 */
public final class ProxyTlvs {
    /** No TLVs. */
    public static final ProxyTlvs NONE = new ProxyTlvs(new byte[0]);

    private static final int CLIENT_SSL = 0x01;
    /** The client has shown a certificate, on this connection or an earlier one of its session. */
    private static final int CLIENT_CERTIFICATE = 0x02 | 0x04;
    private static final int ABSENT = -1;

    private final byte[] bytes;

    private ProxyTlvs(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The TLVs in a part of a header.
     *
     * @param from the first one's type
     * @param to the end of the last one
     */
    static ProxyTlvs copyOf(byte[] header, int from, int to) {
        ProxyTlvs tlvs = new ProxyTlvs(Arrays.copyOfRange(header, from, to));
        return tlvs.types().isEmpty() ? NONE : tlvs;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** A copy of the value of the first TLV of a type, to be passed on byte for byte; null if there is none. */
    public byte @Nullable [] value(int type) {
        int at = find(type);
        return at == ABSENT ? null : Arrays.copyOfRange(bytes, at, at + lengthOf(at));
    }

    /** The types in the order in which they came, as often as they came. */
    public List<Integer> types() {
        List<Integer> types = new ArrayList<>();
        for (int at = Tlv.HEAD_BYTES; at <= bytes.length; at = next(at)) {
            if (typeOf(at) != Tlv.NOOP) {
                types.add(typeOf(at));
            }
        }
        return types;
    }

    /** The host name that the client asked for, such as the SNI of its TLS; null if it is not there. */
    public @Nullable String authority() {
        return utf8(find(Tlv.AUTHORITY));
    }

    /** The protocol that client and sender agreed upon; null if it is not there. */
    public @Nullable String alpn() {
        return ascii(find(Tlv.ALPN));
    }

    /** The sender's id of the connection; null if it is not there. */
    public @Nullable String uniqueId() {
        return ascii(find(Tlv.UNIQUE_ID));
    }

    /** The network namespace of the client's address; null if it is not there. */
    public @Nullable String netns() {
        return ascii(find(Tlv.NETNS));
    }

    /** The version of the client's TLS, such as {@code TLSv1.3}; null if it is not there. */
    public @Nullable String sslVersion() {
        return ascii(findInSsl(Tlv.SSL_VERSION));
    }

    /** The cipher of the client's TLS, such as {@code TLS_AES_256_GCM_SHA384}; null if it is not there. */
    public @Nullable String sslCipher() {
        return ascii(findInSsl(Tlv.SSL_CIPHER));
    }

    /** The common name in the client's certificate; null if it is not there. See {@link #sslVerified} for its worth. */
    public @Nullable String sslCommonName() {
        return utf8(findInSsl(Tlv.SSL_COMMON_NAME));
    }

    /** Whether the sender has verified the certificate that the client has shown; null if it has shown none. */
    public @Nullable Boolean sslVerified() {
        int at = find(Tlv.SSL);
        if (at == ABSENT || (bytes[at] & CLIENT_SSL) == 0 || (bytes[at] & CLIENT_CERTIFICATE) == 0) {
            return null;
        }
        return (bytes[at + 1] | bytes[at + 2] | bytes[at + 3] | bytes[at + 4]) == 0;
    }

    private @Nullable String ascii(int at) {
        return at == ABSENT ? null : Escaped.ascii(bytes, at, at + lengthOf(at));
    }

    private @Nullable String utf8(int at) {
        return at == ABSENT ? null : Escaped.utf8(bytes, at, at + lengthOf(at));
    }

    /** The place of the value of the first TLV of a type. */
    private int find(int type) {
        return type == Tlv.NOOP ? ABSENT : find(type, 0, bytes.length);
    }

    private int findInSsl(int type) {
        int at = find(Tlv.SSL);
        return at == ABSENT ? ABSENT : find(type, at + Tlv.SSL_PREFIX_BYTES, at + lengthOf(at));
    }

    private int find(int type, int from, int to) {
        for (int at = from + Tlv.HEAD_BYTES; at <= to; at = next(at)) {
            if (typeOf(at) == type) {
                return at;
            }
        }
        return ABSENT;
    }

    /** The place of the value behind the one at this place. */
    private int next(int at) {
        return at + lengthOf(at) + Tlv.HEAD_BYTES;
    }

    private int typeOf(int at) {
        return bytes[at - 3] & 0xff;
    }

    private int lengthOf(int at) {
        return (bytes[at - 2] & 0xff) << 8 | (bytes[at - 1] & 0xff);
    }
}
