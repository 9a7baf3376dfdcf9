package dev.sluice.api;

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
    /** The highest version of TLS that the client offers: {@code 1.0} to {@code 1.3}. */
    public static final AttributeKey<String> TLS_VERSION = AttributeKey.of("sluice.tls-version", String.class);
    /** The method of the first HTTP/1 request. */
    public static final AttributeKey<String> HTTP_METHOD = AttributeKey.of("sluice.http-method", String.class);
    /** The host of the first HTTP/1 request, in lower case, without port. */
    public static final AttributeKey<String> HTTP_HOST = AttributeKey.of("sluice.http-host", String.class);

    private Attributes() {}
}
