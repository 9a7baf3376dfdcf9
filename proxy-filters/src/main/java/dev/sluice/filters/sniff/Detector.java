package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * A recogniser of one protocol. A pure function of the first bytes, so that it does not matter how they were cut; and
 * once it has answered {@link Answer#MATCH} or {@link Answer#NOT_POSSIBLE}, more bytes do not change that. No two
 * detectors match the same bytes.
 */
@FunctionalInterface
interface Detector {
    /** The meaning of the bytes seen so far. */
    enum Answer {
        /** It is this protocol, whatever follows. */
        MATCH,
        /** It is another protocol, whatever follows. */
        NOT_POSSIBLE,
        /** It depends on what comes. */
        NEED_MORE
    }

    /** Looks at the first bytes of a connection, of which there may be none. */
    Answer examine(BorrowedBytes bytes);

    /** The detector of a protocol. */
    static Detector of(Protocol protocol) {
        return switch (protocol) {
            case TLS -> Prefixes.of("\26\3");
            case HTTP1 -> RequestLine::examine;
            case HTTP2 -> Prefixes.of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            case SSH -> Prefixes.of("SSH-2.0-", "SSH-1.");
            case POSTGRESQL -> Postgresql::examine;
            case MYSQL -> bytes -> Answer.NOT_POSSIBLE;
            case REDIS -> Redis::examine;
            case MQTT -> Mqtt::examine;
            case SOCKS4 -> Socks4::examine;
            case SOCKS5 -> Socks5::examine;
            case RDP -> Rdp::examine;
            case KAFKA -> Kafka::examine;
        };
    }
}
