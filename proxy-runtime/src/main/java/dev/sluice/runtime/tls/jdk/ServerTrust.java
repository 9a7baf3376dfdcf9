package dev.sluice.runtime.tls.jdk;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

/**
 * The JDK's verification of a server's certificate, with a word for what is wrong: {@code expired}, {@code not-yet-valid}, {@code unknown-ca},
 * {@code name-mismatch}, {@code revoked}, {@code invalid-certificate}. Any thread.
 */
final class ServerTrust extends EngineTrust {
    private final X509ExtendedTrustManager verifier;

    private ServerTrust(X509ExtendedTrustManager verifier) {
        this.verifier = verifier;
    }

    /** @param authorities that are trusted; empty = those of the Java runtime */
    static ServerTrust in(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore trusted = null;
        if (!authorities.isEmpty()) {
            trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                trusted.setCertificateEntry("ca" + i, authorities.get(i));
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager verifier) {
                return new ServerTrust(verifier);
            }
        }
        throw new GeneralSecurityException("this Java verifies no certificates");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        try {
            verifier.checkServerTrusted(chain, type, engine);
            // The JDK accepts a certificate that is out of date if it is itself among the trusted ones.
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw new CertificateException(word(e) + ": " + e.getMessage(), e);
        }
    }

    /** The word for what is wrong with a certificate. */
    static String word(CertificateException failure) {
        String word = "invalid-certificate";
        // From the general to the particular.
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            word = switch (cause) {
                case CertificateExpiredException expired -> "expired";
                case CertificateNotYetValidException early -> "not-yet-valid";
                case CertificateRevokedException revoked -> "revoked";
                case CertPathBuilderException unknown -> "unknown-ca";
                // The JDK has no type of its own for it.
                case CertificateException name when message.startsWith("No subject alternative")
                        || message.startsWith("No name matching") || message.contains("doesn't match") ->
                    "name-mismatch";
                default -> word;
            };
        }
        return word;
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return verifier.getAcceptedIssuers();
    }
}
