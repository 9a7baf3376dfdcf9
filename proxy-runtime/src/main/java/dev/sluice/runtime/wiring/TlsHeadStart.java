package dev.sluice.runtime.wiring;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import javax.crypto.Mac;

import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.TlsConfig;
import dev.sluice.runtime.tls.boring.BoringLibrary;

/**
 * The initialization of what certificates, tickets and handshakes need from the JVM, on a thread of its own beside the rest of the start: policies
 * of cryptography, curves, factories, BoringSSL. Some 30 ms that the start would wait for. A failure here happens again where the result is
 * needed, and is reported there.
 */
public final class TlsHeadStart {
    private TlsHeadStart() {}

    /** Begins, if a listener terminates TLS. To be called before anything else is made of a configuration. */
    public static void begin(Configuration configuration) {
        if (configuration.listeners().stream().noneMatch(listener -> listener.tls().isPresent())) {
            return;
        }
        boolean boring = configuration.tls().engine() != TlsConfig.Engine.JDK;
        Thread.ofPlatform().daemon().name("sluice-tls-start").start(() -> run(boring));
    }

    private static void run(boolean boring) {
        try {
            CertificateFactory.getInstance("X.509");
            AlgorithmParameters.getInstance("EC").init(new ECGenParameterSpec("secp256r1"));
            if (boring) {
                BoringLibrary.problem();
            }
            Mac.getInstance("HmacSHA256");
        } catch (GeneralSecurityException e) {
            // This JVM has no TLS, as the thread that needs it will say.
        }
    }
}
