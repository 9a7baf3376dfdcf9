package dev.sluice.runtime.tls.boring;

import java.util.Locale;
import java.util.Map;

import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.tls.trust.ClientTrust;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import org.jspecify.annotations.Nullable;

/** Failures of the library, as exceptions of TLS. */
final class BoringFailure {
    /** The part of a failure's number that says why; it is this and the number of an alert if the peer has sent one. */
    private static final int REASON = 0xfff;
    private static final int RECEIVED = 1000;
    /** The words in front of the reason in the library's messages. */
    private static final String PREFIX = ":OPENSSL_internal:";

    /** The library's reason when a client shows no certificate. */
    private static final String NO_CERTIFICATE = "PEER_DID_NOT_RETURN_A_CERTIFICATE";

    /** The alerts that the library sends for reasons, where they cannot be read because they are encrypted. */
    private static final Map<String, Alert> ALERTS = Map.ofEntries(
            Map.entry("BAD_SIGNATURE", Alert.DECRYPT_ERROR),
            Map.entry("DIGEST_CHECK_FAILED", Alert.DECRYPT_ERROR),
            Map.entry("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", Alert.BAD_RECORD_MAC),
            Map.entry("ENCRYPTED_LENGTH_TOO_LONG", Alert.RECORD_OVERFLOW),
            Map.entry("DATA_LENGTH_TOO_LONG", Alert.RECORD_OVERFLOW),
            Map.entry("UNEXPECTED_MESSAGE", Alert.UNEXPECTED_MESSAGE),
            Map.entry("UNEXPECTED_RECORD", Alert.UNEXPECTED_MESSAGE),
            Map.entry("EXCESS_HANDSHAKE_DATA", Alert.UNEXPECTED_MESSAGE),
            Map.entry("TOO_MANY_EMPTY_FRAGMENTS", Alert.UNEXPECTED_MESSAGE),
            Map.entry("TOO_MANY_KEY_UPDATES", Alert.UNEXPECTED_MESSAGE),
            Map.entry("TOO_MANY_WARNING_ALERTS", Alert.UNEXPECTED_MESSAGE),
            Map.entry("NO_RENEGOTIATION", Alert.NO_RENEGOTIATION),
            Map.entry("UNSUPPORTED_PROTOCOL", Alert.PROTOCOL_VERSION),
            Map.entry("WRONG_VERSION_NUMBER", Alert.PROTOCOL_VERSION),
            Map.entry("NO_SHARED_CIPHER", Alert.HANDSHAKE_FAILURE),
            Map.entry("NO_SHARED_GROUP", Alert.HANDSHAKE_FAILURE),
            Map.entry("NO_COMMON_SIGNATURE_ALGORITHMS", Alert.HANDSHAKE_FAILURE),
            Map.entry("CLIENTHELLO_TLSEXT", Alert.UNRECOGNIZED_NAME),
            Map.entry("INAPPROPRIATE_FALLBACK", Alert.INAPPROPRIATE_FALLBACK));

    /** Words for reasons which those of the library do not say in this proxy's terms. */
    private static final Map<String, String> WORDS = Map.of(
            "NO_SHARED_CIPHER", "no cipher suite of the client is allowed and fits to a certificate",
            "NO_SHARED_GROUP", "no group of the client is allowed",
            "NO_COMMON_SIGNATURE_ALGORITHMS", "the client cannot check a signature by the key of a certificate",
            "CLIENTHELLO_TLSEXT", "no certificate has the name that the client asks for");

    private BoringFailure() {}

    /** A number of the library's for what is wrong with a certificate, for which it sends this alert. */
    static int number(Alert alert) {
        return switch (alert) {
            case CERTIFICATE_EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
            case CERTIFICATE_REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
            case UNKNOWN_CA -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
            case UNSUPPORTED_CERTIFICATE -> CertificateVerifier.X509_V_ERR_INVALID_PURPOSE;
            case BAD_CERTIFICATE -> CertificateVerifier.X509_V_ERR_CERT_REJECTED;
            default -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_CRL;
        };
    }

    /**
     * The failure of a call.
     *
     * @param said the records that the library had to say after it; null = unknown
     */
    static TlsException of(NativeSsl ssl, byte @Nullable [] said) {
        long number = ssl.problem();
        if (number <= 0) {
            return TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a record that is not expected in a handshake");
        }
        int reason = (int) (number & REASON);
        if (reason >= RECEIVED && reason < RECEIVED + 256) {
            return TlsException.received(reason - RECEIVED);
        }
        String message = String.valueOf(SSL.getErrorString(number));
        int prefix = message.indexOf(PREFIX);
        String name = prefix < 0 ? message : message.substring(prefix + PREFIX.length());
        Alert alert = said == null ? null : alert(said);
        if (name.equals(NO_CERTIFICATE)) {
            return ClientTrust.missing().failure();
        }
        String words = WORDS.get(name);
        return TlsException.violation(alert == null ? ALERTS.getOrDefault(name, Alert.HANDSHAKE_FAILURE) : alert,
                words == null ? name.toLowerCase(Locale.ROOT).replace('_', ' ') : words);
    }

    /** The alert in the last record, if that is one, and is not encrypted. */
    private static @Nullable Alert alert(byte[] records) {
        int last = records.length - RecordFormat.HEADER_BYTES - 2;
        if (last < 0 || records[last] != RecordFormat.ALERT || records[last + 3] != 0 || records[last + 4] != 2) {
            return null;
        }
        int code = records[records.length - 1] & 0xff;
        for (Alert alert : Alert.values()) {
            if (alert.code() == code) {
                return alert;
            }
        }
        return null;
    }
}
