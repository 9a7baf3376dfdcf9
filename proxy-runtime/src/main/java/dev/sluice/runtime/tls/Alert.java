package dev.sluice.runtime.tls;

/** An alert of TLS, RFC 8446 section 6. */
public enum Alert {
    CLOSE_NOTIFY(0, "close_notify"),
    UNEXPECTED_MESSAGE(10, "unexpected_message"),
    BAD_RECORD_MAC(20, "bad_record_mac"),
    RECORD_OVERFLOW(22, "record_overflow"),
    HANDSHAKE_FAILURE(40, "handshake_failure"),
    BAD_CERTIFICATE(42, "bad_certificate"),
    UNSUPPORTED_CERTIFICATE(43, "unsupported_certificate"),
    CERTIFICATE_REVOKED(44, "certificate_revoked"),
    CERTIFICATE_EXPIRED(45, "certificate_expired"),
    CERTIFICATE_UNKNOWN(46, "certificate_unknown"),
    ILLEGAL_PARAMETER(47, "illegal_parameter"),
    UNKNOWN_CA(48, "unknown_ca"),
    ACCESS_DENIED(49, "access_denied"),
    DECODE_ERROR(50, "decode_error"),
    DECRYPT_ERROR(51, "decrypt_error"),
    PROTOCOL_VERSION(70, "protocol_version"),
    INSUFFICIENT_SECURITY(71, "insufficient_security"),
    INTERNAL_ERROR(80, "internal_error"),
    INAPPROPRIATE_FALLBACK(86, "inappropriate_fallback"),
    USER_CANCELED(90, "user_canceled"),
    NO_RENEGOTIATION(100, "no_renegotiation"),
    MISSING_EXTENSION(109, "missing_extension"),
    UNSUPPORTED_EXTENSION(110, "unsupported_extension"),
    UNRECOGNIZED_NAME(112, "unrecognized_name"),
    BAD_CERTIFICATE_STATUS_RESPONSE(113, "bad_certificate_status_response"),
    UNKNOWN_PSK_IDENTITY(115, "unknown_psk_identity"),
    CERTIFICATE_REQUIRED(116, "certificate_required"),
    NO_APPLICATION_PROTOCOL(120, "no_application_protocol");

    private static final byte FATAL = 2;

    private final int code;
    private final String label;

    Alert(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** Its number on the wire. */
    public int code() {
        return code;
    }

    /** Its name in the RFC. */
    public String label() {
        return label;
    }

    /** The record that carries it before anything is encrypted: fatal. */
    public byte[] record() {
        return new byte[]{RecordFormat.ALERT, RecordFormat.LEGACY_VERSION >>> Byte.SIZE,
            RecordFormat.LEGACY_VERSION & 0xff,
            0, 2, FATAL, (byte) code};
    }

    /** Whether it is about the certificate of the one that gets it. */
    public boolean isAboutCertificate() {
        return switch (this) {
            case BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE, CERTIFICATE_REVOKED, CERTIFICATE_EXPIRED,
                    CERTIFICATE_UNKNOWN,
                    UNKNOWN_CA, CERTIFICATE_REQUIRED ->
                true;
            default -> false;
        };
    }

    /** The name of an alert by its number, or {@code alert-N} if the RFC has none. */
    static String label(int code) {
        for (Alert alert : values()) {
            if (alert.code == code) {
                return alert.label;
            }
        }
        return "alert-" + code;
    }
}
