package dev.sluice.filters.sniff;

import java.util.Locale;

import dev.sluice.api.Attributes;

/** The protocols that can be recognised, as listed in {@code protocols}. */
public enum Protocol {
    /**
     * TLS: a handshake record of any version 3.x (RFC 8446 section 5.1). Bytes that begin so and are no valid
     * ClientHello, or not a complete one in time, are refused. The hellos of SSL 2, which RFC 6176 forbids, are not
     * TLS.
     */
    TLS,
    /** HTTP/1.0 and 1.1: a whole request line (RFC 9112 section 3). */
    HTTP1,
    /** HTTP/2 without TLS: the connection preface (RFC 9113 section 3.4). */
    HTTP2,
    /**
     * SSH: the identification of a client (RFC 4253 section 4.2). Clients that wait for that of the server are silent.
     */
    SSH,
    /**
     * PostgreSQL 3: a startup message or one of the requests that may precede it. With {@code sslnegotiation=direct} it
     * is TLS.
     */
    POSTGRESQL,
    /**
     * MySQL: the server speaks first, so there is nothing to recognise. Listing it means that clients that send nothing
     * until the deadline pass also with {@code unknown: reject}. They get no protocol, since a silent client can be of
     * any.
     */
    MYSQL,
    /** Redis: a command as an array of RESP. */
    REDIS,
    /** MQTT 3.1, 3.1.1 and 5: a CONNECT packet. */
    MQTT,
    /** SOCKS 4 and 4a: a request. */
    SOCKS4,
    /** SOCKS 5: the methods of authentication (RFC 1928 section 3). */
    SOCKS5,
    /** RDP: a connection request ([MS-RDPBCGR] section 2.2.1.1). */
    RDP,
    /** Kafka: an ApiVersions request. */
    KAFKA;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** {@return the name in the configuration, and the value of {@link Attributes#PROTOCOL}} */
    public String label() {
        return label;
    }
}
