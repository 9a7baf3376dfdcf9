package dev.sluice.runtime.tls.jdk;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.tls.trust.ClientCertificateException;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/** Failures of an {@link SSLEngine}, as exceptions of this package, and its last records. */
final class EngineFailure {
    /** The way in which the JDK's messages begin when the peer has sent the alert. */
    private static final String RECEIVED = "Received fatal alert: ";
    /** The same when a client shows no certificate. */
    private static final String NO_CERTIFICATE = "Empty client certificate chain";

    /** The same when no group for the key exchange is shared. */
    private static final String NO_GROUP = "No common named group";

    private EngineFailure() {}

    /** The failure of an engine; the alert stays with the engine, for {@link #lastRecords}. */
    static TlsException of(SSLException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ClientCertificateException refused) {
                return refused.failure();
            }
        }
        String message = String.valueOf(failure.getMessage());
        int end = message.startsWith("(") ? message.indexOf(") ") : -1;
        // The JDK begins with the name of the alert, its own or that of the peer.
        Alert named = end < 0 ? null : alert(message.substring(1, end));
        String words = end < 0 ? message : message.substring(end + 2);
        if (words.startsWith(NO_CERTIFICATE)) {
            return ClientTrust.missing().failure();
        } else if (words.startsWith(RECEIVED)) {
            return TlsException.received(code(words.substring(RECEIVED.length())));
        } else if (words.equals(NO_GROUP)) {
            // The JDK calls it an unexpected message, as if the client had broken a rule.
            return TlsException.violation(Alert.HANDSHAKE_FAILURE, "no group of the client is allowed");
        }
        return TlsException.violation(named == null ? Alert.HANDSHAKE_FAILURE : named, words(words, failure));
    }

    /** An engine has failed in an unforeseen way; its connection ends, and others go on. */
    static TlsException defect(Throwable failure) {
        return TlsException.violation(Alert.INTERNAL_ERROR, "the engine failed: " + failure);
    }

    private static int code(String label) {
        Alert alert = alert(label);
        return alert == null ? Alert.HANDSHAKE_FAILURE.code() : alert.code();
    }

    private static @Nullable Alert alert(String label) {
        for (Alert alert : Alert.values()) {
            if (alert.label().equals(label.toLowerCase(Locale.ROOT))) {
                return alert;
            }
        }
        return null;
    }

    /** The message, and that of a certificate's validation below it, which is the useful one. */
    private static String words(String message, SSLException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerCertificateException) {
                return Printable.sentence(String.valueOf(cause.getMessage()));
            }
            if (cause instanceof GeneralSecurityException && cause.getMessage() != null
                    && !message.contains(cause.getMessage())) {
                return Printable.sentence(message + ": " + cause.getMessage());
            }
        }
        return Printable.sentence(message);
    }

    /** Appends what an engine still has to say: an alert, which may only be asked for after the failure. */
    static void lastRecords(SSLEngine engine, byte[] scratch, Buffer target) {
        try {
            // An engine without a handshake has nothing to say, and one that never ends must not keep the loop.
            for (int i = 0; i < 4 && !engine.isOutboundDone() && target.room() >= scratch.length; i++) {
                SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), ByteBuffer.wrap(scratch));
                target.append(scratch, 0, result.bytesProduced());
                if (result.bytesProduced() == 0 || engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
                    return;
                }
            }
        } catch (SSLException e) {
            // The alert was all there was to say.
        }
    }
}
