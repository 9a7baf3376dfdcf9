package dev.sluice.runtime.proxyprotocol;

/** Types of TLVs, and the layout of the one that has others within. */
final class Tlv {
    static final int ALPN = 0x01;
    static final int AUTHORITY = 0x02;
    static final int CRC32C = 0x03;
    static final int NOOP = 0x04;
    static final int UNIQUE_ID = 0x05;
    static final int SSL = 0x20;
    static final int SSL_VERSION = 0x21;
    static final int SSL_COMMON_NAME = 0x22;
    static final int SSL_CIPHER = 0x23;
    static final int NETNS = 0x30;

    /** Bytes before a value: its type, and its length in two bytes. */
    static final int HEAD_BYTES = 3;
    static final int CRC32C_BYTES = 4;
    static final int MOST_UNIQUE_ID_BYTES = 128;
    /** The client's bits, and four bytes of the result of the verification of its certificate; more TLVs follow. */
    static final int SSL_PREFIX_BYTES = 5;

    private Tlv() {}
}
