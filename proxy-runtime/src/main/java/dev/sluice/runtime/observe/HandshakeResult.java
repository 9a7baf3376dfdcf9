package dev.sluice.runtime.observe;

import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.TlsException;

/** Results of TLS handshakes with clients. */
public enum HandshakeResult {
    /** It has succeeded, with TLS 1.3. */
    DONE_13("done", "1.3"),
    /** It has succeeded, with TLS 1.2. */
    DONE_12("done", "1.2"),
    /** There was none: the client asks for a name in passthrough. */
    PASSED("passthrough"),
    /** The client speaks no version that is allowed. */
    NO_SHARED_VERSION("no-shared-version"),
    /** The client has no cipher suite that is allowed and fits to a certificate. */
    NO_SHARED_CIPHER("no-shared-cipher"),
    /** The client has no group for the key exchange that is allowed. */
    NO_SHARED_GROUP("no-shared-group"),
    /** The client offers application protocols, and none is configured. */
    NO_APPLICATION_PROTOCOL("no-application-protocol"),
    /** The client asks for a name that no certificate has. */
    UNKNOWN_NAME("unknown-name"),
    /** The client shows no certificate, and has to. */
    CLIENT_CERTIFICATE_MISSING("client-certificate-missing"),
    /** The client's certificate, or one of its chain, has expired. */
    CLIENT_CERTIFICATE_EXPIRED("client-certificate-expired"),
    /** The client's certificate, or one of its chain, was revoked. */
    CLIENT_CERTIFICATE_REVOKED("client-certificate-revoked"),
    /** The client's certificate is by an authority that is not known. */
    CLIENT_CERTIFICATE_UNKNOWN_CA("client-certificate-unknown-ca"),
    /** The client's certificate is not good for another reason. */
    CLIENT_CERTIFICATE_INVALID("client-certificate-invalid"),
    /** The client does not speak TLS. */
    NOT_TLS("not-tls"),
    /** The client's bytes are no valid handshake. */
    DECODE_ERROR("decode-error"),
    /** The client has given up with an alert. */
    ALERT("alert"),
    /** The client has left in the middle. */
    LEFT("left"),
    /** It was not complete in time. */
    TIMEOUT("timeout"),
    /** It has failed for another reason. */
    OTHER("other");

    /** The message of this package for bytes that are no record. */
    public static final String NOT_TLS_MESSAGE = "the client does not speak TLS";

    private final String label;
    private final String version;

    HandshakeResult(String label) {
        this(label, "");
    }

    HandshakeResult(String label, String version) {
        this.label = label;
        this.version = version;
    }

    /** The name in metrics, and at the beginning of the detail in the access log. */
    public String label() {
        return label;
    }

    /** The version of TLS; empty if it has failed. */
    public String version() {
        return version;
    }

    /** Whether it has succeeded. */
    public boolean isDone() {
        return !version.isEmpty();
    }

    /** The result that a failure is. */
    public static HandshakeResult of(TlsException failure) {
        Alert alert = failure.alert();
        if (alert == null) {
            return ALERT;
        }
        String message = String.valueOf(failure.getMessage());
        return switch (alert) {
            case PROTOCOL_VERSION -> NO_SHARED_VERSION;
            case NO_APPLICATION_PROTOCOL -> NO_APPLICATION_PROTOCOL;
            case UNRECOGNIZED_NAME -> UNKNOWN_NAME;
            case CERTIFICATE_REQUIRED -> CLIENT_CERTIFICATE_MISSING;
            case CERTIFICATE_EXPIRED -> CLIENT_CERTIFICATE_EXPIRED;
            case CERTIFICATE_REVOKED -> CLIENT_CERTIFICATE_REVOKED;
            case UNKNOWN_CA -> CLIENT_CERTIFICATE_UNKNOWN_CA;
            case BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE, CERTIFICATE_UNKNOWN -> CLIENT_CERTIFICATE_INVALID;
            case HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY -> message.contains("group")
                    ? NO_SHARED_GROUP
                    : message.contains("cipher suite") ? NO_SHARED_CIPHER : OTHER;
            case UNEXPECTED_MESSAGE -> message.equals(NOT_TLS_MESSAGE) ? NOT_TLS : DECODE_ERROR;
            case DECODE_ERROR, ILLEGAL_PARAMETER, RECORD_OVERFLOW, MISSING_EXTENSION, UNSUPPORTED_EXTENSION,
                    BAD_RECORD_MAC,
                    DECRYPT_ERROR ->
                DECODE_ERROR;
            default -> OTHER;
        };
    }
}
