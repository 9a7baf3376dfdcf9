package dev.sluice.runtime.tls;

import java.nio.charset.StandardCharsets;

import dev.sluice.runtime.memory.Buffer;

/**
 * The bytes with which a client of PostgreSQL begins, before TLS: SSLRequest, GSSENCRequest, or a handshake at once (message formats of
 * protocol 3, section 55.7, and {@code sslnegotiation=direct} of version 17). A request is taken only if nothing follows it: bytes that came
 * before the answer are not protected, and must not be taken for a part of what is (CVE-2021-23214). Stateless.
 */
public enum PostgresGreeting {
    /** It is not complete. */
    MORE,
    /** A TLS handshake begins. */
    DIRECT,
    /** SSLRequest: the answer is {@code S}. */
    SSL_REQUEST,
    /** GSSENCRequest: the answer is {@code N}, and another greeting follows. */
    GSS_REQUEST,
    /** A session without TLS. */
    PLAIN,
    /** Bytes of another protocol, or bytes behind a request. */
    INVALID;

    /** SSLRequest, as a client sends it. */
    public static final int REQUEST_BYTES = 8;
    private static final int SSL_CODE = 80_877_103;
    private static final int GSS_CODE = 80_877_104;
    private static final int CANCEL_CODE = 80_877_102;
    private static final int CANCEL_BYTES = 16;
    /** The major version of the protocol in a startup message. */
    private static final int MAJOR = 3;
    /** The longest startup message that PostgreSQL itself takes. */
    private static final int LONGEST_STARTUP = 10_000;
    private static final byte ACCEPTED = 'S';
    private static final byte DECLINED = 'N';
    private static final int TLS_HANDSHAKE = 22;

    /** The greeting with which a buffer begins. */
    public static PostgresGreeting of(Buffer bytes) {
        if (bytes.content() == 0) {
            return MORE;
        }
        if (bytes.byteAt(0) == TLS_HANDSHAKE) {
            return DIRECT;
        }
        if (bytes.byteAt(0) != 0) {
            return INVALID;
        }
        if (bytes.content() < REQUEST_BYTES) {
            return MORE;
        }
        int length = intAt(bytes, 0);
        int code = intAt(bytes, 4);
        if (length == REQUEST_BYTES && (code == SSL_CODE || code == GSS_CODE)) {
            if (bytes.content() > REQUEST_BYTES) {
                return INVALID;
            }
            return code == SSL_CODE ? SSL_REQUEST : GSS_REQUEST;
        }
        boolean startup = code >>> Short.SIZE == MAJOR && length > REQUEST_BYTES && length <= LONGEST_STARTUP;
        return startup || (code == CANCEL_CODE && length == CANCEL_BYTES) ? PLAIN : INVALID;
    }

    private static int intAt(Buffer bytes, int index) {
        return (bytes.byteAt(index) << 24) | ((bytes.byteAt(index + 1) & 0xff) << 16)
                | ((bytes.byteAt(index + 2) & 0xff) << 8) | (bytes.byteAt(index + 3) & 0xff);
    }

    /** The answer to a request. */
    public byte answer() {
        return this == SSL_REQUEST ? ACCEPTED : DECLINED;
    }

    /** The answer to a client that begins a session without TLS: an error, which it shows to its user. */
    public static byte[] refusal() {
        byte[] fields = ("SFATAL\0VFATAL\0C28000\0Mthis server takes connections with TLS only\0"
                + "Hconnect with sslmode=require, or verify-full\0\0").getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[1 + Integer.BYTES + fields.length];
        message[0] = 'E';
        int length = Integer.BYTES + fields.length;
        for (int i = 0; i < Integer.BYTES; i++) {
            message[1 + i] = (byte) (length >>> (Byte.SIZE * (Integer.BYTES - 1 - i)));
        }
        System.arraycopy(fields, 0, message, 1 + Integer.BYTES, fields.length);
        return message;
    }

    /** SSLRequest. */
    public static byte[] request() {
        return new byte[]{0, 0, 0, REQUEST_BYTES, SSL_CODE >>> 24, (byte) (SSL_CODE >>> 16), (byte) (SSL_CODE >>> 8),
            (byte) SSL_CODE};
    }

    /**
     * The problem with a server's answer to SSLRequest, in words; empty = there is none, and the handshake may begin.
     *
     * @param first the first byte of it
     * @param alone whether nothing follows
     */
    public static String problem(byte first, boolean alone) {
        if (first == ACCEPTED) {
            return alone ? "" : "start-tls-refused: bytes before the handshake";
        }
        return first == DECLINED
                ? "start-tls-refused: the endpoint has no TLS"
                : "start-tls-refused: the endpoint does not understand SSLRequest";
    }
}
