package dev.sluice.runtime.tls.jdk;

import java.lang.reflect.Field;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

/**
 * The freedom of the JDK's tickets from the certificate of their time. The JDK writes checksums of the server's chain into a ticket, and takes it
 * only while the key manager chooses the very same chain, so that a renewal would cost every client a full handshake. A key manager cannot help:
 * it does not see for which chain it is asked. A session that has forgotten its chain before the ticket is made has a ticket without checksums.
 * That is a field that no interface names; where a JVM does not open it, tickets end with their certificate. Immutable; any thread.
 */
final class EngineTickets {
    private final Field certificates;

    private EngineTickets(Field certificates) {
        this.certificates = certificates;
    }

    /** The way; null = this JVM does not open it, or has another engine. */
    static @Nullable EngineTickets find() {
        try {
            Field field = Class.forName("sun.security.ssl.SSLSessionImpl").getDeclaredField("localCerts");
            field.setAccessible(true);
            return field.getType() == X509Certificate[].class ? new EngineTickets(field) : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** Lets a session that a server's engine is making forget the server's chain, which has been sent. */
    void forgetChain(SSLSession making) {
        try {
            certificates.set(making, null);
        } catch (IllegalAccessException | IllegalArgumentException e) {
            // Its ticket ends with the certificate.
        }
    }
}
