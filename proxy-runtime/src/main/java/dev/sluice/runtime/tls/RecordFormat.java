package dev.sluice.runtime.tls;

/** Numbers of the record layer, RFC 8446 section 5. */
public final class RecordFormat {
    /** The bytes before each record's payload: type, version, length. */
    public static final int HEADER_BYTES = 5;
    /** The most bytes of content in a record. */
    public static final int MAX_CONTENT = 1 << 14;
    /** The most bytes of payload in an encrypted record of TLS 1.3. */
    static final int MAX_PAYLOAD = MAX_CONTENT + 256;
    /** The most bytes of payload in an encrypted record of TLS 1.2, RFC 5246 section 6.2.3. */
    static final int MAX_PAYLOAD_OLD = MAX_CONTENT + 2048;
    /** The most bytes of a record with its header. */
    public static final int MAX_RECORD = HEADER_BYTES + MAX_PAYLOAD_OLD;

    public static final int CHANGE_CIPHER_SPEC = 20;
    public static final int ALERT = 21;
    public static final int HANDSHAKE = 22;
    public static final int APPLICATION_DATA = 23;

    /** The version in each record, whose value has no meaning. */
    public static final int LEGACY_VERSION = 0x0303;

    private RecordFormat() {}
}
