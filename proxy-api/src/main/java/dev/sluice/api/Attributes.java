package dev.sluice.api;

import java.util.HexFormat;

/**
 * Keys of the facts that the proxy itself knows. {@code routes} match on them, and access log and admin show them. Any
 * filter may set them.
 */
public final class Attributes {
    /** The protocol of the client, in lower case: {@code tls}, {@code http1}, {@code http2}, {@code ssh}… */
    public static final AttributeKey<String> PROTOCOL = AttributeKey.of("sluice.protocol", String.class);
    /** The name that the client asked for in TLS (RFC 6066 section 3), in lower case, without a final dot. */
    public static final AttributeKey<String> SNI = AttributeKey.of("sluice.sni", String.class);
    /**
     * A server name in TLS that is not a DNS name, as the client sent it: {@code host:443}, {@code 192.0.2.1}. Bytes
     * that are not printable ASCII are escaped as {@code \xNN}. Routes do not match on it.
     */
    public static final AttributeKey<String> SNI_INVALID = AttributeKey.of("sluice.sni-invalid", String.class);
    /**
     * The protocols that the client offers in TLS (RFC 7301), the preferred one first, joined by commas:
     * {@code h2,http/1.1}.
     */
    public static final AttributeKey<String> ALPN = AttributeKey.of("sluice.alpn", String.class);
    /**
     * The version of TLS, {@code 1.0} to {@code 1.3}: the highest that the client offers or, where TLS ends at the proxy,
     * the one that was agreed on.
     */
    public static final AttributeKey<String> TLS_VERSION = AttributeKey.of("sluice.tls-version", String.class);
    /** The cipher suite of TLS that ends at the proxy, by its name in the registry of IANA. */
    public static final AttributeKey<String> TLS_CIPHER = AttributeKey.of("sluice.tls-cipher", String.class);
    /** The subject of the client's certificate, as in {@code CN=billing,O=Example}; only where the proxy has verified it. */
    public static final AttributeKey<String> CLIENT_SUBJECT = AttributeKey.of("sluice.client-subject", String.class);
    /**
     * The alternative names in the client's certificate, joined by commas: {@code billing.example,spiffe://example/billing};
     * only where the proxy has verified it. A comma within a name is {@code %2C}.
     */
    public static final AttributeKey<String> CLIENT_SAN = AttributeKey.of("sluice.client-san", String.class);
    /** The version of TLS with the endpoint, {@code 1.2} or {@code 1.3}, once it is connected; only where the proxy speaks TLS with it. */
    public static final AttributeKey<String> UPSTREAM_TLS_VERSION = AttributeKey.of("sluice.upstream-tls-version",
            String.class);
    /** The cipher suite of TLS with the endpoint, by its name in the registry of IANA. */
    public static final AttributeKey<String> UPSTREAM_TLS_CIPHER = AttributeKey.of("sluice.upstream-tls-cipher",
            String.class);
    /** The method of the first HTTP/1 request. */
    public static final AttributeKey<String> HTTP_METHOD = AttributeKey.of("sluice.http-method", String.class);
    /** The host of the first HTTP/1 request, in lower case, without port. */
    public static final AttributeKey<String> HTTP_HOST = AttributeKey.of("sluice.http-host", String.class);

    /** The start of the names of attributes that come from a PROXY header, {@value}. */
    public static final String PROXY_PREFIX = "sluice.proxy-";
    /** The server name that the client asked a load balancer for, as its PROXY header says (PP2_TYPE_AUTHORITY). */
    public static final AttributeKey<String> PROXY_AUTHORITY = AttributeKey.of(PROXY_PREFIX + "authority",
            String.class);
    /** The protocol that a load balancer and the client agreed on (PP2_TYPE_ALPN). */
    public static final AttributeKey<String> PROXY_ALPN = AttributeKey.of(PROXY_PREFIX + "alpn", String.class);
    /** The id that a load balancer has given the connection (PP2_TYPE_UNIQUE_ID). */
    public static final AttributeKey<String> PROXY_UNIQUE_ID = AttributeKey.of(PROXY_PREFIX + "unique-id",
            String.class);
    /** The network namespace in which a load balancer has accepted the connection (PP2_TYPE_NETNS). */
    public static final AttributeKey<String> PROXY_NETNS = AttributeKey.of(PROXY_PREFIX + "netns", String.class);
    /** The version of TLS between the client and a load balancer (PP2_SUBTYPE_SSL_VERSION). */
    public static final AttributeKey<String> PROXY_SSL_VERSION = AttributeKey.of(PROXY_PREFIX + "ssl-version",
            String.class);
    /** The cipher suite between the client and a load balancer (PP2_SUBTYPE_SSL_CIPHER). */
    public static final AttributeKey<String> PROXY_SSL_CIPHER = AttributeKey.of(PROXY_PREFIX + "ssl-cipher",
            String.class);
    /** The common name in the certificate of the client (PP2_SUBTYPE_SSL_CN). */
    public static final AttributeKey<String> PROXY_SSL_COMMON_NAME = AttributeKey.of(PROXY_PREFIX + "ssl-cn",
            String.class);
    /** Whether a load balancer has verified the certificate of the client (PP2_TYPE_SSL). */
    public static final AttributeKey<Boolean> PROXY_SSL_VERIFIED = AttributeKey.of(PROXY_PREFIX + "ssl-verified",
            Boolean.class);

    private Attributes() {}

    /**
     * Makes the key of a TLV of a PROXY header, whose value are its bytes in lower-case hexadecimal digits.
     *
     * @param type the type of the TLV, 0 to 255; 0xE0 to 0xEF are for users
     * @return the key
     * @throws IllegalArgumentException if there is no such type
     */
    public static AttributeKey<String> proxyTlv(int type) {
        if (type < 0 || type > 255) {
            throw new IllegalArgumentException("the type of a TLV is from 0 to 255, not " + type);
        }
        return AttributeKey.of(PROXY_PREFIX + "tlv-" + HexFormat.of().toHexDigits((byte) type), String.class);
    }
}
